import { describe, expect, test } from 'vitest';
import library from '../../../../backend/glidepath/clinical/data/exercises.json';
import type { Criterion, Exercise, Plan, Proposal } from '../../data/api/types.ts';
import { criterionBody, criterionOf, problemOf, type CriterionDraft } from './criteria.ts';
import { draftOf, followed, missing, planBody } from './draft.ts';
import { planned, plannedBody } from './items.ts';

const TODAY = '2026-03-10';
const absent = { repetitions: null, hold_seconds: null };
const LIBRARY = (library.exercises as unknown as Exercise[]).map((one) => ({
  ...one,
  dose: { ...absent, ...one.dose },
  usual: { ...absent, ...one.usual },
}));
const named = (key: string): Exercise => LIBRARY.find((one) => one.key === key)!;
let made = 0;
const makeId = () => `id${(made += 1)}`;

const stretch = planned(named('hamstring_stretch'), 'left', 's');
const curl = planned(named('hamstring_curl'), 'left', 'c');
const CRITERION: Criterion = {
  pain_most: 3,
  no_nerve: true,
  days: 7,
  logged_least: 5,
  item: plannedBody(curl),
};
const PLAN = {
  id: 'v2',
  number: 2,
  starts_on: '2026-03-01',
  note: null,
  items: [{ ...plannedBody(stretch), id: 'was', kind: 'static_stretch' }],
  criteria: [CRITERION],
  changes: [],
} satisfies Plan;
const rule = (change: Partial<CriterionDraft> = {}): CriterionDraft => ({
  ...criterionOf(CRITERION, LIBRARY, makeId)[0]!,
  ...change,
});
const problem = (change: Partial<CriterionDraft>) => problemOf(rule(change), [stretch])?.code;

test('a criterion comes back as it was saved, and is then no change', () => {
  expect(criterionBody(rule())).toEqual(CRITERION);
  const draft = draftOf(PLAN, LIBRARY, TODAY, makeId);
  expect(planBody(draft, PLAN).criteria).toEqual([CRITERION]);
  expect(missing(draft, PLAN, TODAY).map(({ code }) => code)).toEqual(['unchanged']);
  draft.criteria[0]!.days = 14;
  expect(missing(draft, PLAN, TODAY)).toEqual([]);
});

describe('a criterion', () => {
  test.each([
    [{ painMost: 10 }, 'badCriterion'],
    [{ painMost: null }, 'badCriterion'],
    [{ days: 2 }, 'badCriterion'],
    [{ days: 29 }, 'badCriterion'],
    // Silence is never progress.
    [{ loggedLeast: 0 }, 'badCriterion'],
    [{ loggedLeast: 8 }, 'badCriterion'],
    [{ item: { ...curl, dose: { ...curl.dose, sets: null } } }, 'badDose'],
    [{ item: { ...stretch, onNerveFlag: 'sciatic_glide' } }, 'noGlide'],
    [{ item: stretch }, 'changesNothing'],
    [{ item: { ...stretch, dose: { ...stretch.dose, sets: 2 } } }, undefined],
  ])('with %j is %s', (change, code) => {
    expect(problem(change)).toBe(code);
  });
});

describe('a proposal that is followed', () => {
  const proposal = (item = CRITERION.item) => ({ id: 'p1', criterion: 0, item }) as Proposal;
  const follow = (one: Proposal) =>
    planBody(followed(draftOf(PLAN, LIBRARY, TODAY, makeId), one, LIBRARY, makeId), PLAN);

  test('adds its exercise, is named, and is not waited for again', () => {
    expect(follow(proposal())).toMatchObject({
      items: [plannedBody(stretch), plannedBody(curl)],
      criteria: [],
      approves: 'p1',
    });
  });

  test('takes the place of the same exercise and leg', () => {
    const longer = { ...plannedBody(stretch), sets: 2 };
    expect(follow(proposal(longer)).items).toEqual([longer]);
  });
});
