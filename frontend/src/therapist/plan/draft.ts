/** A plan on its way to the next version: what is typed, beside the plan that it was begun from. */
import type {
  DoseField,
  Exercise,
  Plan,
  PlanDraft,
  PlanItem,
  PlanItemBody,
  Side,
} from '../../data/api/types.ts';
import { glideFor } from '../../domain/situation.ts';
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

/** What a plan says of a stretch that no glide is to take the place of. */
export const REST = 'rest';

export interface Planned extends Dosed {
  side: Side;
  /** 1, Monday, to 7, as many as the dose has; null is any days */
  weekdays: number[] | null;
  /** the key of the glide that takes its place when the nerve is felt, REST, or null: the first for the leg */
  onNerveFlag: string | null;
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
  asked: Pick<PlanItem, DoseField> & Partial<PlanItem> = exercise.dose,
): Planned {
  const figures = Object.fromEntries(FIELDS.map((field) => [field, asked[field]]));
  return {
    id,
    exercise,
    side: sideOf(exercise, side),
    dose: figures as Planned['dose'],
    weekdays: asked.weekdays ?? null,
    onNerveFlag: asked.on_nerve_flag ?? null,
  };
}

/** As it is sent. */
export function plannedBody(item: Planned): PlanItemBody {
  const { weekdays, onNerveFlag } = item;
  return { ...itemBody(item, item.side), weekdays, on_nerve_flag: onNerveFlag };
}

/** The glides among the items that can take the place of this one: for each leg that it stretches. */
export function glidesFor(item: Planned, items: readonly Planned[]): Exercise[] {
  const plan = { items: items.map((one) => ({ ...plannedBody(one), kind: one.exercise.kind })) };
  const legs = item.side === 'both' ? (['left', 'right'] as const) : [item.side];
  const keys = new Set(plan.items.map(({ exercise_key }) => exercise_key));
  return [...keys]
    .filter((key) => legs.every((leg) => glideFor(plan, leg, key)))
    .flatMap((key) => items.find(({ exercise }) => exercise.key === key)?.exercise ?? []);
}

const namesNoGlide = (item: Planned, items: readonly Planned[]): boolean =>
  item.onNerveFlag !== null &&
  item.onNerveFlag !== REST &&
  !glidesFor(item, items).some(({ key }) => key === item.onNerveFlag);

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
  const body = plannedBody(item);
  return (
    body.side !== was.side ||
    body.on_nerve_flag !== was.on_nerve_flag ||
    String(body.weekdays) !== String(was.weekdays) ||
    FIELDS.some((field) => body[field] !== was[field])
  );
}

export type Missing =
  | { code: 'noExercise' | 'tooMany' | 'unchanged' | 'badStart' | 'missingReason'; control: string }
  | { code: 'badDose' | 'noGlide'; control: string; item: Planned };

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
    items: items.map(plannedBody),
    based_on: basedOn?.number ?? null,
  };
}

/** The control that the server's "items[1].sets" is about. */
export function controlOfError({ items }: Draft, field: string): string {
  const [, place, name] = /^items\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  const item = items[Number(place)];
  return item ? controlOf(item, name as DoseField) : 'plan-items';
}
