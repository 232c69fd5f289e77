import { expect, test } from 'vitest';
import library from '../../../../backend/glidepath/clinical/data/exercises.json';
import type { Exercise, Plan, Template } from '../../data/api/types.ts';
import { criterionBody } from './criteria.ts';
import { plannedBody } from './items.ts';
import { fromTemplate, templateBody } from './templates.ts';

const LIBRARY = library.exercises as unknown as Exercise[];
const body = (exercise_key: string, side: 'left' | 'both') => ({
  exercise_key,
  side,
  sets: 2,
  repetitions: 10,
  hold_seconds: null,
  rest_seconds: 60,
  days_per_week: 2,
  weekdays: [2, 4],
  on_nerve_flag: null,
});
const curl = body('hamstring_curl', 'left');
const bridge = body('glute_bridge', 'both');
const rule = { pain_most: 3, no_nerve: true, days: 7, logged_least: 5, item: curl };

test('a plan is kept without what is of the patient alone', () => {
  const plan = {
    id: 'v',
    number: 4,
    starts_on: '2026-03-01',
    note: null,
    items: [{ ...curl, id: 'i', kind: 'strength' }],
    criteria: [rule],
    changes: [],
  } satisfies Plan;
  expect(templateBody(plan, ' Calm ')).toEqual({
    name: 'Calm',
    note: null,
    items: [curl],
    criteria: [rule],
  });
});

test('what is asked of one leg is asked of the leg of whoever gets it', () => {
  const template = { items: [curl, bridge], criteria: [rule] } as unknown as Template;
  const { items, criteria } = fromTemplate(template, LIBRARY, 'right', () => 'id');
  expect(items.map(plannedBody)).toEqual([{ ...curl, side: 'right' }, bridge]);
  expect(criteria.map(criterionBody)).toEqual([{ ...rule, item: { ...curl, side: 'right' } }]);
});

test('an exercise that the clinic does not have is left out', () => {
  const template = { items: [body('nothing', 'left')], criteria: [] } as unknown as Template;
  expect(fromTemplate(template, LIBRARY, 'left', () => 'id').items).toEqual([]);
});
