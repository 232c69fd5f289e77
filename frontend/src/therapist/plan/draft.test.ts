import { describe, expect, test } from 'vitest';
import type { Exercise, Plan, PlanItem } from '../../data/api/types.ts';
import library from '../../../../backend/glidepath/clinical/data/exercises.json';
import {
  compared,
  controlOfError,
  draftOf,
  missing,
  moved,
  planBody,
  type Draft,
} from './draft.ts';
import { differs, glidesFor, planned } from './items.ts';

const TODAY = '2026-03-10';
const exercises = library.exercises as unknown as Exercise[];
const absent = { repetitions: null, hold_seconds: null };
const named = (key: string): Exercise => {
  const found = exercises.find((one) => one.key === key)!;
  const { dose, usual } = found;
  return { ...found, dose: { ...absent, ...dose }, usual: { ...absent, ...usual } };
};
const LIBRARY = exercises.map(({ key }) => named(key));
const item = (key: string, change: Partial<PlanItem> = {}): PlanItem => {
  const { kind, dose } = named(key);
  const open = { weekdays: null, on_nerve_flag: null };
  return { id: `was-${key}`, exercise_key: key, kind, side: 'left', ...dose, ...open, ...change };
};
const plan = (change: Partial<Plan> = {}): Plan => ({
  id: 'v2',
  number: 2,
  starts_on: '2026-03-01',
  note: null,
  items: [item('hamstring_stretch'), item('sciatic_glide')],
  criteria: [],
  changes: [],
  ...change,
});
let made = 0;
const draft = (from: Plan | null, change: Partial<Draft> = {}): Draft => ({
  ...draftOf(from, LIBRARY, TODAY, () => `id${(made += 1)}`),
  ...change,
});
const codes = (of: Draft, from: Plan | null) => missing(of, from, TODAY).map(({ code }) => code);

describe('a draft', () => {
  test('says the same as the plan that it begins from, and names it', () => {
    const { items, note } = plan();
    const body = planBody(draft(plan()), plan());
    expect(body).toEqual({
      starts_on: TODAY,
      note,
      based_on: 2,
      approves: null,
      criteria: [],
      items: items.map(({ id: _, kind: __, ...asked }) => asked),
    });
  });

  test('of somebody without a plan is empty and based on none', () => {
    expect(planBody(draft(null), null)).toMatchObject({ items: [], based_on: null });
  });

  test('keeps the day of a plan that is yet to begin', () => {
    expect(draft(plan({ starts_on: '2026-03-20' })).startsOn).toBe('2026-03-20');
  });

  test('sent twice has the same body', () => {
    const one = draft(plan());
    expect(planBody(one, plan())).toEqual(planBody(one, plan()));
  });
});

test('a glide is sent without a hold even if its draft had one', () => {
  const glide = planned(named('sciatic_glide'), 'left', 'g');
  glide.dose.hold_seconds = 30;
  const body = planBody(draft(null, { items: [glide] }), null);
  expect(body.items[0]).toMatchObject({ hold_seconds: null, repetitions: 10 });
});

test('an exercise for both legs at once is asked of both', () => {
  expect(planned(named('glute_bridge'), 'left', 'b').side).toBe('both');
});

describe('moving', () => {
  test.each([
    [0, 1, ['b', 'a', 'c']],
    [2, -1, ['a', 'c', 'b']],
    [0, -1, ['a', 'b', 'c']],
    [2, 1, ['a', 'b', 'c']],
  ] as const)('from place %i by %i', (from, by, result) => {
    expect(moved(['a', 'b', 'c'], from, by)).toEqual(result);
  });

  test('is a change that can be saved', () => {
    const one = draft(plan());
    expect(codes({ ...one, items: moved(one.items, 0, 1) }, plan())).toEqual([]);
  });
});

describe('compared with the plan', () => {
  test('an item that was taken out and added again is the one it was', () => {
    const one = draft(plan());
    const again = planned(named('hamstring_stretch'), 'right', 'new');
    const { was, gone } = compared([...one.items.slice(1), again], plan());
    expect(was.map((each) => each?.id)).toEqual(['was-sciatic_glide', 'was-hamstring_stretch']);
    expect(gone).toEqual([]);
    expect(differs(again, was[1]!)).toBe(true);
  });

  test('an exercise for each leg is compared leg by leg', () => {
    const from = plan({
      items: [item('hamstring_stretch'), item('hamstring_stretch', { id: 'r', side: 'right' })],
    });
    const { was, gone } = compared([planned(named('hamstring_stretch'), 'right', 'n')], from);
    expect([was[0]?.id, gone.map(({ id }) => id)]).toEqual(['r', ['was-hamstring_stretch']]);
  });

  test('an exercise that the plan did not have is new', () => {
    const { was, gone } = compared([planned(named('hamstring_curl'), 'left', 'n')], plan());
    expect([was, gone.length]).toEqual([[null], 2]);
  });
});

describe('what is missing', () => {
  test('is an exercise, or any change', () => {
    expect(codes(draft(null), null)).toEqual(['noExercise']);
    expect(codes(draft(plan()), plan())).toEqual(['unchanged']);
    expect(codes(draft(plan(), { note: ' Slowly ' }), plan())).toEqual([]);
    expect(codes(draft(plan(), { note: ' ' }), plan())).toEqual(['unchanged']);
  });

  test('is every figure of a dose, at its own control', () => {
    const one = draft(plan());
    one.items[0]!.dose.hold_seconds = null;
    expect(missing(one, plan(), TODAY)).toMatchObject([
      { code: 'badDose', control: `${one.items[0]!.id}-hold_seconds` },
    ]);
  });

  test('is a day that is not past', () => {
    const note = 'Slowly';
    expect(codes(draft(plan(), { note, startsOn: '2026-03-09' }), plan())).toEqual(['badStart']);
    expect(codes(draft(plan(), { note, startsOn: '' }), plan())).toEqual(['badStart']);
  });

  test('is the reason for an unusual dose, and an old note gives none for a new one', () => {
    const from = plan({ note: 'Slowly' });
    const one = draft(from);
    one.items[0]!.dose.hold_seconds = 45;
    expect(codes(one, from)).toEqual(['missingReason']);
    expect(codes({ ...one, note: '' }, from)).toEqual(['missingReason']);
    expect(codes({ ...one, note: 'Slowly. Longer: used to it.' }, from)).toEqual([]);
  });

  test('is no second reason for a dose that was unusual before', () => {
    const from = plan({
      note: 'Used to it',
      items: [item('hamstring_stretch', { hold_seconds: 45 })],
    });
    const one = draft(from);
    one.items[0]!.dose.sets = 2;
    expect(codes(one, from)).toEqual([]);
  });

  test('is one of nine exercises', () => {
    const items = Array.from({ length: 9 }, (_, at) =>
      planned(named('hamstring_stretch'), 'left', `${at}`),
    );
    expect(codes(draft(null, { items }), null)).toEqual(['tooMany']);
  });
});

test("the server's word on a figure leads to its control", () => {
  const one = draft(plan());
  const [first, second] = one.items;
  expect(controlOfError(one, 'items[0].sets')).toBe(first!.id);
  expect(controlOfError(one, 'items[1].rest_seconds')).toBe(`${second!.id}-rest_seconds`);
  expect(controlOfError(one, 'starts_on')).toBe('plan-items');
});

describe('what replaces a stretch', () => {
  const stretch = (side: 'left' | 'both', onNerveFlag: string | null) => ({
    ...planned(named('hamstring_stretch'), side, 's'),
    onNerveFlag,
  });
  const glide = (side: 'left' | 'right') => planned(named('sciatic_glide'), side, `g-${side}`);
  const keys = (side: 'left' | 'both', ...glides: ('left' | 'right')[]) =>
    glidesFor(stretch(side, null), glides.map(glide)).map(({ key }) => key);

  test('is a glide of this plan for each leg that is stretched', () => {
    expect(keys('left', 'left')).toEqual(['sciatic_glide']);
    expect(keys('left', 'right')).toEqual([]);
    expect(keys('both', 'left')).toEqual([]);
    expect(keys('both', 'left', 'right')).toEqual(['sciatic_glide']);
  });

  test('cannot be what left the plan', () => {
    const told = (onNerveFlag: string | null, ...glides: ('left' | 'right')[]) =>
      codes(draft(null, { items: [stretch('left', onNerveFlag), ...glides.map(glide)] }), null);
    expect(told('sciatic_glide', 'left')).toEqual([]);
    expect(told('sciatic_glide', 'right')).toEqual(['noGlide']);
    expect(told('rest')).toEqual([]);
    expect(told(null)).toEqual([]);
  });
});

test('given days and a named glide are a change', () => {
  const was = item('hamstring_stretch');
  const same = planned(named('hamstring_stretch'), 'left', 's', was);
  expect(differs(same, was)).toBe(false);
  expect(differs({ ...same, weekdays: [1, 3, 5, 6, 7] }, was)).toBe(true);
  expect(differs({ ...same, weekdays: [1, 2] }, { ...was, weekdays: [1, 2] })).toBe(false);
  expect(differs({ ...same, onNerveFlag: 'rest' }, was)).toBe(true);
});
