/** When the app proposes the next step of a plan, on its way to the next version. */
import type { Criterion, Exercise } from '../../data/api/types.ts';
import { isComplete } from './dose.ts';
import { namesNoGlide, planned, plannedBody, type Planned } from './items.ts';

export const MOST_CRITERIA = 4;

/** A number field is null while it is empty. */
export interface CriterionDraft {
  id: string;
  painMost: number | null;
  noNerve: boolean;
  days: number | null;
  loggedLeast: number | null;
  /** what the plan has then: in the place of the same exercise and side, or at its end */
  item: Planned;
}

export function criterionOf(
  { pain_most, no_nerve, days, logged_least, item }: Criterion,
  exercises: readonly Exercise[],
  makeId: () => string,
): CriterionDraft[] {
  const exercise = exercises.find(({ key }) => key === item.exercise_key);
  if (!exercise) return [];
  return [
    {
      id: makeId(),
      painMost: pain_most,
      noNerve: no_nerve,
      days,
      loggedLeast: logged_least,
      item: planned(exercise, item.side, makeId(), item),
    },
  ];
}

/** As it is sent, of a complete one. */
export function criterionBody(one: CriterionDraft): Criterion {
  const { painMost, noNerve, days, loggedLeast, item } = one;
  return {
    pain_most: painMost ?? 0,
    no_nerve: noNerve,
    days: days ?? 0,
    logged_least: loggedLeast ?? 0,
    item: plannedBody(item),
  };
}

/** The items with this one in the place of that with the same exercise and side, or at the end. */
export function withItem(items: readonly Planned[], item: Planned): Planned[] {
  const isIt = (one: Planned) => one.exercise.key === item.exercise.key && one.side === item.side;
  return items.some(isIt)
    ? items.map((one) => (isIt(one) ? { ...item, id: one.id } : one))
    : [...items, item];
}

export type CriterionProblem = {
  code: 'badCriterion' | 'badDose' | 'noGlide' | 'changesNothing';
  control: string;
  item: Planned;
};

const within = (value: number | null, least: number, most: number): boolean =>
  value !== null && Number.isInteger(value) && value >= least && value <= most;

/** What is wrong with one, the first of it. */
export function problemOf(one: CriterionDraft, items: readonly Planned[]): CriterionProblem | null {
  const { id, item, days } = one;
  const found = (code: CriterionProblem['code'], control: string) => ({ code, control, item });
  if (!within(one.painMost, 0, 9)) return found('badCriterion', `${id}-pain`);
  if (!within(days, 3, 28)) return found('badCriterion', `${id}-days`);
  if (!within(one.loggedLeast, 1, days ?? 0)) return found('badCriterion', `${id}-logged`);
  if (!isComplete(item)) return found('badDose', item.id);
  const after = withItem(items, item);
  if (namesNoGlide(item, after)) return found('noGlide', `${item.id}-on_nerve_flag`);
  const same = JSON.stringify(after.map(plannedBody)) === JSON.stringify(items.map(plannedBody));
  return same ? found('changesNothing', `${id}-exercise`) : null;
}
