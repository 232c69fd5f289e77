/** A plan on its way to the next version: what is typed, beside the plan that it was begun from. */
import type { DoseField, Exercise, Plan, PlanDraft, PlanItem, Side } from '../../data/api/types.ts';
import {
  FIELDS,
  controlOf,
  doseFields,
  hasUnusual,
  isComplete,
  isUnusual,
  itemBody,
  sideOf,
  type Dosed,
} from './dose.ts';

export const MOST_ITEMS = 8;

export interface Planned extends Dosed {
  side: Side;
}

export interface Draft {
  /** of the version to be: sent again after a lost answer, it is the same version */
  id: string;
  startsOn: string;
  note: string;
  items: Planned[];
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
  };
}

export function planned(
  exercise: Exercise,
  side: Side,
  id: string,
  dose: Pick<PlanItem, DoseField> = exercise.dose,
): Planned {
  const figures = Object.fromEntries(FIELDS.map((field) => [field, dose[field]]));
  return { id, exercise, side: sideOf(exercise, side), dose: figures as Planned['dose'] };
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

/** Whether the item asks for something else than it did. */
export function differs(item: Planned, was: PlanItem): boolean {
  const body = itemBody(item, item.side);
  return body.side !== was.side || FIELDS.some((field) => body[field] !== was[field]);
}

export type Missing =
  | { code: 'noExercise' | 'tooMany' | 'unchanged' | 'badStart' | 'missingReason'; control: string }
  | { code: 'badDose'; control: string; item: Planned };

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
  if (!/^\d{4}-\d{2}-\d{2}$/.test(draft.startsOn) || draft.startsOn < today)
    found.push({ code: 'badStart', control: 'starts-on' });
  if (needsReason(draft, plan)) found.push({ code: 'missingReason', control: 'plan-note' });
  return found;
}

function emptyControl(item: Planned): string {
  const empty = doseFields(item.exercise).find((field) => !Number.isInteger(item.dose[field]));
  return empty ? controlOf(item, empty) : item.id;
}

function isUnchanged({ items, note }: Draft, plan: Plan): boolean {
  return (
    note.trim() === (plan.note ?? '').trim() &&
    items.length === plan.items.length &&
    items.every((item, place) => {
      const was = plan.items[place];
      return was?.exercise_key === item.exercise.key && !differs(item, was);
    })
  );
}

/** A note of the plan before gives the reason for its doses, not for one that is unusual only now. */
function needsReason({ items, note }: Draft, plan: Plan | null): boolean {
  if (!items.some(hasUnusual)) return false;
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
export function planBody({ startsOn, note, items }: Draft, basedOn: Plan | null): PlanDraft {
  return {
    starts_on: startsOn,
    note: note.trim() || null,
    items: items.map((item) => itemBody(item, item.side)),
    based_on: basedOn?.number ?? null,
  };
}

/** The control that the server's "items[1].sets" is about. */
export function controlOfError({ items }: Draft, field: string): string {
  const [, place, name] = /^items\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  const item = items[Number(place)];
  return item ? controlOf(item, name as DoseField) : 'plan-items';
}
