import { describe, expect, test } from 'vitest';
import type { ExerciseKind, ExerciseWithDose } from '../../data/api/types.ts';
import { doseFields, itemDraft, missing, patientDraft, type Draft } from './draft.ts';

const text = { en: 'x', es: 'x' };
const exercise = (kind: ExerciseKind): ExerciseWithDose => ({
  key: kind,
  kind,
  title: text,
  summary: text,
  position: text,
  steps: [],
  caution: text,
  dose: {
    sets: 2,
    repetitions: 12,
    hold_seconds: 30,
    rest_seconds: 10,
    days_per_week: 7,
  },
});

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
  ...change,
});
const ZONES = ['Europe/Madrid'];

describe('a glide', () => {
  test('has no hold to fill in', () => {
    expect(doseFields('nerve_glide')).not.toContain('hold_seconds');
  });

  test('is sent without a hold even if the library offered one', () => {
    const glide = { ...itemDraft(exercise('nerve_glide'), 'i'), chosen: true };
    const [item] = patientDraft(draft({ items: [glide] })).plan!.items;
    expect(item).toMatchObject({ hold_seconds: null, repetitions: 12, side: 'left' });
  });
});

test('a stretch is sent with its hold and without repetitions', () => {
  const stretch = { ...itemDraft(exercise('static_stretch'), 'i'), chosen: true };
  const [item] = patientDraft(draft({ items: [stretch] })).plan!.items;
  expect(item).toMatchObject({ hold_seconds: 30, repetitions: null });
});

test('without a chosen exercise there is no plan', () => {
  const offered = itemDraft(exercise('strength'), 'i');
  expect(patientDraft(draft({ items: [offered] })).plan).toBeNull();
});

test('a retry sends the same ids', () => {
  const one = draft();
  expect(patientDraft(one)).toEqual(patientDraft(one));
});

describe('what is missing', () => {
  test('of a complete draft is nothing', () => {
    expect(missing(draft(), ZONES)).toEqual([]);
  });

  test('is named in the order of the form', () => {
    expect(
      missing(
        draft({ name: ' ', timezone: 'Mars', condition: null, side: null, startedOn: '' }),
        ZONES,
      ),
    ).toEqual(['missingName', 'badTimezone', 'missingCondition', 'missingSide', 'badDate']);
  });

  test('counts an emptied, a broken and an excessive figure of a chosen exercise only', () => {
    const chosen = (sets: number | null) => {
      const item = itemDraft(exercise('strength'), 'i');
      return { ...item, chosen: true, dose: { ...item.dose, sets } };
    };
    for (const sets of [null, 1.5, 0, 11]) {
      expect(missing(draft({ items: [chosen(sets)] }), ZONES)).toHaveLength(1);
      expect(missing(draft({ items: [{ ...chosen(sets), chosen: false }] }), ZONES)).toEqual([]);
    }
  });
});
