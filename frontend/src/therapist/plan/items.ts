/** One exercise of a plan that is being written. */
import type { DoseField, Exercise, PlanItem, PlanItemBody, Side } from '../../data/api/types.ts';
import { glideFor } from '../../domain/situation.ts';
import { FIELDS, itemBody, sideOf, type Dosed } from './dose.ts';

/** What a plan says of a stretch that no glide is to take the place of. */
export const REST = 'rest';

export interface Planned extends Dosed {
  side: Side;
  /** 1, Monday, to 7, as many as the dose has; null is any days */
  weekdays: number[] | null;
  /** the key of the glide that takes its place when the nerve is felt, REST, or null: the first for the leg */
  onNerveFlag: string | null;
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

/** What it names left the plan, or is of the other leg. */
export const namesNoGlide = (item: Planned, items: readonly Planned[]): boolean =>
  item.onNerveFlag !== null &&
  item.onNerveFlag !== REST &&
  !glidesFor(item, items).some(({ key }) => key === item.onNerveFlag);

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
