import { expect, test } from 'vitest';
import type { CheckIn, ExerciseSession, Plan, PlanItem, Side } from '../data/api/types.ts';
import { glide_cases as glideCases } from '../../../backend/glidepath/clinical/data/safety.json';
import { allowed, glideFor, ofCheckIn, ofSession, verdictOf, type Context } from './situation.ts';
import type { Sensation } from './vocabulary.ts';

const DAY = '2026-03-20';
const item = (id: string, kind: PlanItem['kind'], side: PlanItem['side']) =>
  ({ id, kind, side }) as PlanItem;
const STRETCH = item('stretch', 'static_stretch', 'left');
const GLIDE = item('glide', 'nerve_glide', 'left');

const checkIn = (day: string, sensations: Sensation[] | null, over: Partial<CheckIn> = {}) =>
  ({ ...dated(day), sensations, red_flags: null, ...over }) as CheckIn;
const session = (over: Partial<ExerciseSession>) =>
  ({
    ...dated(DAY),
    plan_item_id: 'stretch',
    side: 'left',
    sensations: null,
    stopped_early: null,
    ...over,
  }) as ExerciseSession;
const dated = (day: string, time = '10:00') => ({
  local_date: day,
  happened_at: `${day}T${time}:00.000+01:00`,
  made_at: `${day}T${time}:00.000+01:00`,
});
const context = (over: Partial<Context> = {}): Context => ({
  plan: { items: [STRETCH, GLIDE] } as Plan,
  side: 'left',
  checkIns: [],
  sessions: [],
  ...over,
});

test.each(glideCases)('$name', ({ items, side, named, offered }) => {
  const plan = { items: items as Pick<PlanItem, 'exercise_key' | 'kind' | 'side'>[] };
  const expected = offered === null ? null : plan.items[offered];
  expect(glideFor(plan, side as Side, named)).toBe(expected);
});

test('without a plan there is no glide', () => {
  expect(glideFor(null, 'left', null)).toBeNull();
});

test('the stopped stretch leaves the glide that the plan names for it, and no other', () => {
  const other = { ...item('other', 'nerve_glide', 'left'), exercise_key: 'other_glide' };
  const glide = { ...GLIDE, exercise_key: 'glide' };
  const stopped = (on_nerve_flag: string | null) => {
    const plan = { items: [{ ...STRETCH, on_nerve_flag }, glide, other] } as Plan;
    const verdict = verdictOf(
      DAY,
      context({ plan, sessions: [session({ stopped_early: 'nerve_symptoms' })] }),
    );
    return plan.items.map((one) => allowed(one, verdict));
  };
  expect(stopped('other_glide')).toEqual([false, false, true]);
  expect(stopped('rest')).toEqual([false, false, false]);
  expect(stopped(null)).toEqual([false, true, true]);
});

test('a loss is new until an earlier entry knew it', () => {
  const entry = checkIn(DAY, ['numbness']);
  const after = (...checkIns: CheckIn[]) =>
    ofCheckIn(entry, context({ checkIns: [...checkIns, entry] })).loss_is_new;
  expect(after()).toBe(true);
  expect(after(checkIn('2026-03-19', ['numbness']))).toBe(false);
  expect(after(checkIn('2026-02-19', ['numbness']))).toBe(true);
  expect(after(checkIn(DAY, ['numbness'], dated(DAY, '08:00')))).toBe(false);
});

test('a stopped session and the check-in it leads to are one report', () => {
  const stopped = session({ stopped_early: 'nerve_symptoms', sensations: ['weakness'] });
  const asked = checkIn(DAY, ['weakness'], dated(DAY, '10:02'));
  const both = context({ checkIns: [asked], sessions: [stopped] });
  expect(ofCheckIn(asked, both).loss_is_new).toBe(true);
  expect(verdictOf(DAY, both)?.asks_red_flags).toBe(true);
  const answered = context({ checkIns: [{ ...asked, red_flags: [] }], sessions: [stopped] });
  expect(ofSession(stopped, answered).red_flags).toEqual([]);
  expect(verdictOf(DAY, answered)).toMatchObject({
    action: 'stop_and_tell',
    asks_red_flags: false,
  });
});

test('the one-tap stop in a stretch leaves the glide alone for the day', () => {
  const verdict = verdictOf(
    DAY,
    context({ sessions: [session({ stopped_early: 'nerve_symptoms' })] }),
  );
  expect(verdict?.offers_glide).toBe(true);
  expect([allowed(STRETCH, verdict), allowed(GLIDE, verdict)]).toEqual([false, true]);
});

test('the one-tap stop in the other leg offers no glide', () => {
  const stopped = session({ stopped_early: 'nerve_symptoms', side: 'right' });
  const verdict = verdictOf(DAY, context({ sessions: [stopped] }));
  expect(allowed(GLIDE, verdict)).toBe(false);
});

test('symptoms in the glide end the day, also after a stretch had led to it', () => {
  const verdict = verdictOf(
    DAY,
    context({
      sessions: [
        session({ stopped_early: 'nerve_symptoms' }),
        session({ stopped_early: 'nerve_symptoms', plan_item_id: 'glide' }),
      ],
    }),
  );
  expect(verdict?.action).toBe('stop_and_tell');
  expect(allowed(GLIDE, verdict)).toBe(false);
});

test('what grows in a glide ends the day, whatever came before or is logged after', () => {
  const worse = session({ stopped_early: 'worse', plan_item_id: 'glide' });
  const before = session({ stopped_early: 'nerve_symptoms' });
  const after = checkIn(DAY, [], dated(DAY, '18:00'));
  const verdict = verdictOf(DAY, context({ sessions: [before, worse], checkIns: [after] }));
  expect(verdict).toMatchObject({
    action: 'stop_and_tell',
    stops_today: true,
    offers_glide: false,
  });
  expect([STRETCH, GLIDE].map((item) => allowed(item, verdict))).toEqual([false, false]);
});

test('without a glide for the leg in the plan there is none to switch to', () => {
  const stopped = [session({ stopped_early: 'nerve_symptoms' })];
  const items = [STRETCH, item('other', 'nerve_glide', 'right')];
  const verdict = verdictOf(DAY, context({ plan: { items } as Plan, sessions: stopped }));
  expect(verdict).toMatchObject({ offers_glide: false, stops_today: true });
});

test('a symptom that was named counts as what it is and not as the button', () => {
  const numb = session({ stopped_early: 'nerve_symptoms', sensations: ['numbness'] });
  expect(verdictOf(DAY, context({ sessions: [numb] }))?.asks_red_flags).toBe(true);
});

test('stopping for want of time, or an ordinary pull, changes nothing', () => {
  const sessions = [session({ stopped_early: 'time' }), session({ sensations: ['pulling'] })];
  const verdict = verdictOf(DAY, context({ sessions }));
  expect(verdict).toBeNull();
  expect(allowed(STRETCH, verdict)).toBe(true);
});

test('what was felt yesterday does not stop today', () => {
  const checkIns = [checkIn('2026-03-19', ['weakness']), checkIn(DAY, [])];
  expect(verdictOf(DAY, context({ checkIns }))).toBeNull();
});

test('a new loss or a red flag of a past day counts on the day it is told, a tingling does not', () => {
  const told = { made_at: `${DAY}T10:00:00.000+01:00` };
  const verdict = (entry: CheckIn) => verdictOf(DAY, context({ checkIns: [entry] }))?.action;
  expect(verdict(checkIn('2026-03-18', ['tingling'], told))).toBeUndefined();
  expect(verdict(checkIn('2026-03-18', ['numbness'], told))).toBe('stop_and_tell');
  expect(verdict(checkIn('2026-03-18', [], { ...told, red_flags: ['both_legs'] }))).toBe(
    'emergency',
  );
  expect(verdict(checkIn('2026-03-18', ['numbness']))).toBeUndefined();
});
