/** Plans to begin from, and what becomes of one for a patient. */
import type { Exercise, Plan, PlanItemBody, Side, Template } from '../../data/api/types.ts';
import { criterionOf, type CriterionDraft } from './criteria.ts';
import { planned, type Planned } from './items.ts';

/** As it is kept. */
export function templateBody({ items, criteria, note }: Plan, name: string) {
  const bodies = items.map(({ id: _, kind: __, ...body }) => body satisfies PlanItemBody);
  return { name: name.trim(), note, criteria, items: bodies };
}

/** The template for a patient: what is asked of one leg there is asked of theirs here. */
export function fromTemplate(
  { items, criteria }: Template,
  exercises: readonly Exercise[],
  side: Side,
  makeId: () => string,
): { items: Planned[]; criteria: CriterionDraft[] } {
  const theirs = (body: PlanItemBody) => ({
    ...body,
    side: body.side === 'both' ? body.side : side,
  });
  return {
    items: items.flatMap((body) => {
      const exercise = exercises.find(({ key }) => key === body.exercise_key);
      return exercise ? [planned(exercise, theirs(body).side, makeId(), body)] : [];
    }),
    criteria: criteria.flatMap((one) =>
      criterionOf({ ...one, item: theirs(one.item) }, exercises, makeId),
    ),
  };
}
