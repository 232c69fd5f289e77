/** A plan on its way to the next version: what is typed, beside the plan that it was begun from. */
import type {
  DoseField,
  Exercise,
  Plan,
  PlanDraft,
  PlanItem,
  Proposal,
} from '../../data/api/types.ts';
import {
  criterionBody,
  criterionOf,
  problemOf,
  withItem,
  type CriterionDraft,
  type CriterionProblem,
} from './criteria.ts';
import { controlOf, doseFields, hasUnusual, isComplete, isUnusual } from './dose.ts';
import { differs, namesNoGlide, planned, plannedBody, type Planned } from './items.ts';

export const MOST_ITEMS = 8;

export interface Draft {
  /** of the version to be: sent again after a lost answer, it is the same version */
  id: string;
  startsOn: string;
  note: string;
  items: Planned[];
  criteria: CriterionDraft[];
  /** the proposal that it follows */
  approves: string | null;
}

/** A plan that is yet to begin keeps its day; any other is replaced from today on. */
export function draftOf(
  plan: Plan | null,
  exercises: readonly Exercise[],
  today: string,
  makeId: () => string,
): Draft {
  const byKey = new Map(exercises.map((exercise) => [exercise.key, exercise]));
  return {
    id: makeId(),
    startsOn: plan && plan.starts_on > today ? plan.starts_on : today,
    note: plan?.note ?? '',
    items: (plan?.items ?? []).flatMap((item) => {
      const exercise = byKey.get(item.exercise_key);
      return exercise ? [planned(exercise, item.side, makeId(), item)] : [];
    }),
    criteria: (plan?.criteria ?? []).flatMap((one) => criterionOf(one, exercises, makeId)),
    approves: null,
  };
}

/** The draft as a proposal has it: with its step taken, and no longer waited for. */
export function followed(
  draft: Draft,
  { id, criterion, item }: Proposal,
  exercises: readonly Exercise[],
  makeId: () => string,
): Draft {
  const exercise = exercises.find(({ key }) => key === item.exercise_key);
  if (!exercise) return draft;
  return {
    ...draft,
    items: withItem(draft.items, planned(exercise, item.side, makeId(), item)),
    criteria: draft.criteria.filter((_, at) => at !== criterion),
    approves: id,
  };
}

/** The list with the item at `from` one place up (-1) or down (1); as it was where there is no such place. */
export function moved<T>(items: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  const result = [...items];
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return result;
  result.splice(from, 1);
  result.splice(to, 0, item);
  return result;
}

export interface Compared {
  /** for every item of the draft the one it was, in the same order; null for a new one */
  was: (PlanItem | null)[];
  gone: PlanItem[];
}

/** Which item of the plan each item of the draft was: the same exercise, of the same leg where it has two. */
export function compared(items: readonly Planned[], plan: Plan | null): Compared {
  const left = [...(plan?.items ?? [])];
  const was: (PlanItem | null)[] = items.map(() => null);
  for (const sameSide of [true, false]) {
    for (const [place, { exercise, side }] of items.entries()) {
      const at = left.findIndex(
        (item) => item.exercise_key === exercise.key && (item.side === side || !sameSide),
      );
      if (was[place] === null && at >= 0) was[place] = left.splice(at, 1)[0] ?? null;
    }
  }
  return { was, gone: left };
}

export type Missing =
  | { code: 'noExercise' | 'tooMany' | 'unchanged' | 'badStart' | 'missingReason'; control: string }
  | CriterionProblem;

/** What keeps the draft from being saved, in the order of the form. */
export function missing(draft: Draft, plan: Plan | null, today: string): Missing[] {
  const { items } = draft;
  const incomplete = items.filter((item) => !isComplete(item));
  const found: Missing[] = [];
  if (!items.length) found.push({ code: 'noExercise', control: 'plan-items' });
  if (items.length > MOST_ITEMS) found.push({ code: 'tooMany', control: 'plan-items' });
  if (plan && items.length && !incomplete.length && isUnchanged(draft, plan))
    found.push({ code: 'unchanged', control: 'plan-items' });
  for (const item of incomplete) found.push({ code: 'badDose', control: emptyControl(item), item });
  for (const item of items.filter((one) => namesNoGlide(one, items)))
    found.push({ code: 'noGlide', control: `${item.id}-on_nerve_flag`, item });
  for (const one of draft.criteria) {
    const problem = problemOf(one, items);
    if (problem) found.push(problem);
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(draft.startsOn) || draft.startsOn < today)
    found.push({ code: 'badStart', control: 'starts-on' });
  if (needsReason(draft, plan)) found.push({ code: 'missingReason', control: 'plan-note' });
  return found;
}

function emptyControl(item: Planned): string {
  const empty = doseFields(item.exercise).find((field) => !Number.isInteger(item.dose[field]));
  return empty ? controlOf(item, empty) : item.id;
}

export const criteriaChange = ({ criteria }: Draft, plan: Plan | null): boolean =>
  JSON.stringify(criteria.map(criterionBody)) !== JSON.stringify(plan?.criteria ?? []);

function isUnchanged(draft: Draft, plan: Plan): boolean {
  const { items, note } = draft;
  return (
    !criteriaChange(draft, plan) &&
    note.trim() === (plan.note ?? '').trim() &&
    items.length === plan.items.length &&
    items.every((item, place) => {
      const was = plan.items[place];
      return was?.exercise_key === item.exercise.key && !differs(item, was);
    })
  );
}

/** A note of the plan before gives the reason for its doses, not for one that is unusual only now. */
function needsReason({ items, criteria, note }: Draft, plan: Plan | null): boolean {
  if (![...items, ...criteria.map(({ item }) => item)].some(hasUnusual)) return false;
  if (!note.trim()) return true;
  const { was } = compared(items, plan);
  const isNew = items.some((item, place) =>
    doseFields(item.exercise).some(
      (field) => isUnusual(item, field) && was[place]?.[field] !== item.dose[field],
    ),
  );
  return isNew && note.trim() === (plan?.note ?? '').trim();
}

/** The request body of a complete draft; the same draft always makes the same body. */
export function planBody(
  { startsOn, note, items, criteria, approves }: Draft,
  basedOn: Plan | null,
): PlanDraft {
  return {
    starts_on: startsOn,
    note: note.trim() || null,
    items: items.map(plannedBody),
    criteria: criteria.map(criterionBody),
    based_on: basedOn?.number ?? null,
    approves,
  };
}

/** The control that the server's "items[1].sets" or "criteria[0].item.sets" is about. */
export function controlOfError({ items, criteria }: Draft, field: string): string {
  const [, list, place, name] = /^(items|criteria)\[(\d+)\](?:\.item)?\.(\w+)$/.exec(field) ?? [];
  const at = Number(place);
  const item = list === 'items' ? items[at] : criteria[at]?.item;
  return item ? controlOf(item, name as DoseField) : 'plan-items';
}
