import { blankScreening } from '../episode/screening.ts';
import { describe, expect, test } from 'vitest';
import type { Exercise, Template, ExerciseKind } from '../../data/api/types.ts';
import { doseFields, isUnusual } from '../plan/dose.ts';
import { begin, itemDraft, missing, patientBody, type Draft } from './draft.ts';

const text = { en: 'x', es: 'x' };
const exercise = (kind: ExerciseKind, change: Partial<Exercise> = {}): Exercise => ({
  key: kind,
  kind,
  title: text,
  summary: text,
  position: text,
  steps: [],
  caution: text,
  stop_when: text,
  dose: {
    sets: 2,
    repetitions: kind === 'static_stretch' ? null : 12,
    hold_seconds: kind === 'static_stretch' ? 30 : null,
    rest_seconds: 10,
    days_per_week: 7,
  },
  usual: {
    sets: { least: 1, most: 3 },
    repetitions: kind === 'static_stretch' ? null : { least: 10, most: 15 },
    hold_seconds: kind === 'static_stretch' ? { least: 20, most: 30 } : null,
    rest_seconds: { least: 5, most: 60 },
    days_per_week: { least: 3, most: 7 },
  },
  sides: 'per_leg',
  minutes: 4,
  for_conditions: [],
  ...change,
});
const chosen = (from: Exercise, dose: Partial<Exercise['dose']> = {}) => {
  const item = itemDraft(from, 'i');
  return { ...item, chosen: true, dose: { ...item.dose, ...dose } };
};
const draft = (change: Partial<Draft> = {}): Draft => ({
  id: 'p',
  episodeId: 'e',
  planId: 'v',
  name: ' Ana ',
  locale: 'es',
  timezone: 'Europe/Madrid',
  condition: 'sciatic',
  side: 'left',
  startedOn: '2025-06-01',
  note: ' ',
  items: [],
  criteria: [],
  screening: blankScreening('screening'),
  ...change,
});
const ZONES = ['Europe/Madrid'];
const firstItem = (d: Draft) => patientBody(d).plan!.items[0];

describe('a glide', () => {
  const glide = exercise('nerve_glide');

  test('has no hold to fill in, whatever the library says', () => {
    const wrong = { ...glide, usual: { ...glide.usual, hold_seconds: { least: 5, most: 10 } } };
    expect(doseFields(glide)).not.toContain('hold_seconds');
    expect(doseFields(wrong)).not.toContain('hold_seconds');
  });

  test('is sent without a hold even if a draft had one', () => {
    expect(firstItem(draft({ items: [chosen(glide, { hold_seconds: 30 })] }))).toEqual({
      exercise_key: 'nerve_glide',
      side: 'left',
      sets: 2,
      repetitions: 12,
      hold_seconds: null,
      rest_seconds: 10,
      days_per_week: 7,
      weekdays: null,
      on_nerve_flag: null,
    });
  });
});

test('a stretch is sent with its hold and without repetitions', () => {
  expect(firstItem(draft({ items: [chosen(exercise('static_stretch'))] }))).toMatchObject({
    hold_seconds: 30,
    repetitions: null,
  });
});

test('an exercise for both legs at once is planned for both', () => {
  const bridge = exercise('control', { sides: 'both' });
  expect(firstItem(draft({ items: [chosen(bridge)] }))).toMatchObject({ side: 'both' });
});

test('without a chosen exercise there is no plan', () => {
  expect(patientBody(draft({ items: [itemDraft(exercise('strength'), 'i')] })).plan).toBeNull();
});

test('a retry sends the same body', () => {
  const one = draft({ items: [chosen(exercise('strength'))] });
  expect(patientBody(one)).toEqual(patientBody(one));
});

describe('what is missing', () => {
  test('of a complete draft is nothing', () => {
    expect(missing(draft({ items: [chosen(exercise('strength'))] }), ZONES)).toEqual([]);
  });

  test('is named in the order of the form', () => {
    expect(
      missing(
        draft({ name: ' ', timezone: 'Mars', condition: null, side: null, startedOn: '' }),
        ZONES,
      ),
    ).toEqual(['missingName', 'badTimezone', 'missingCondition', 'missingSide', 'badDate']);
  });

  test.each([
    ['emptied', null],
    ['broken', 1.5],
    ['negative', -1],
  ])('counts an %s figure of a chosen exercise only', (_, repetitions) => {
    const item = chosen(exercise('strength'), { repetitions });
    expect(missing(draft({ items: [item], note: 'because' }), ZONES)).toEqual([{ badDose: item }]);
    expect(missing(draft({ items: [{ ...item, chosen: false }] }), ZONES)).toEqual([]);
  });

  test('includes the hold of a stretch, but not one that an exercise may have', () => {
    const stretch = chosen(exercise('static_stretch'), { hold_seconds: null });
    expect(missing(draft({ items: [stretch] }), ZONES)).toEqual([{ badDose: stretch }]);
    const strength = exercise('strength');
    const held = { ...strength, usual: { ...strength.usual, hold_seconds: { least: 2, most: 5 } } };
    expect(doseFields(held)).toContain('hold_seconds');
    expect(missing(draft({ items: [chosen(held)] }), ZONES)).toEqual([]);
  });
});

test('a dose outside the usual range asks for a reason', () => {
  const item = chosen(exercise('static_stretch'), { hold_seconds: 45 });
  expect(isUnusual(item, 'hold_seconds')).toBe(true);
  expect(isUnusual(item, 'sets')).toBe(false);
  expect(missing(draft({ items: [item] }), ZONES)).toEqual(['missingReason']);
  expect(missing(draft({ items: [item], note: 'Tall athlete' }), ZONES)).toEqual([]);
});

test('a template chooses its exercises alone, for the leg of this patient', () => {
  const stretch = exercise('static_stretch');
  const body = {
    exercise_key: stretch.key,
    side: 'left',
    ...stretch.dose,
    sets: 2,
    days_per_week: 3,
    weekdays: [1, 3, 5],
    on_nerve_flag: 'nerve_glide',
  } as const;
  const rule = { pain_most: 3, no_nerve: true, days: 7, logged_least: 5 };
  const template = {
    items: [body],
    criteria: [{ ...rule, item: { ...body, sets: 3 } }],
    note: 'Slowly',
  } as unknown as Template;
  const one = draft({
    side: 'right',
    items: [itemDraft(stretch, 's'), chosen(exercise('strength'))],
  });
  begin(one, template);
  const { items, criteria, note } = patientBody(one).plan!;
  // The glide that it names is not in this plan: nothing is named.
  expect(items).toEqual([{ ...body, side: 'right', on_nerve_flag: null }]);
  expect([criteria?.[0]?.item.side, note]).toEqual(['right', 'Slowly']);
  one.items[0]!.dose.days_per_week = 5;
  expect(patientBody(one).plan!.items[0]!.weekdays).toBeNull();
});
