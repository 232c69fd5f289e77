import type { Dose, DoseField, Exercise, Side } from '../../data/api/types.ts';

/** A number field is null while it is empty. */
export type DoseDraft = Record<DoseField, number | null>;

/** An exercise on a form with the dose that is being typed. */
export interface Dosed {
  /** of the form's controls only; the server names plan items itself */
  id: string;
  exercise: Exercise;
  dose: DoseDraft;
}

export const FIELDS = [
  'sets',
  'repetitions',
  'hold_seconds',
  'rest_seconds',
  'days_per_week',
] as const satisfies readonly DoseField[];

/** The figures that a dose of this exercise has. A glide keeps moving: it never has a hold to fill in. */
export function doseFields({ kind, usual }: Exercise): readonly DoseField[] {
  return FIELDS.filter(
    (field) => usual[field] !== null && !(field === 'hold_seconds' && kind === 'nerve_glide'),
  );
}

/** The control of a figure. The first one carries the id that an error about the whole dose points at. */
export function controlOf({ id, exercise }: Dosed, field: DoseField): string {
  return field === doseFields(exercise)[0] ? id : `${id}-${field}`;
}

const isWhole = (value: number | null): value is number =>
  value !== null && Number.isInteger(value) && value >= 0;

/** A hold that the library leaves open may stay empty; every other figure is needed. */
export function isComplete({ exercise, dose }: Dosed): boolean {
  return doseFields(exercise).every(
    (field) =>
      isWhole(dose[field]) ||
      (field === 'hold_seconds' && dose[field] === null && exercise.kind !== 'static_stretch'),
  );
}

export function isUnusual(
  { exercise, dose }: Pick<Dosed, 'exercise' | 'dose'>,
  field: DoseField,
): boolean {
  const usual = exercise.usual[field];
  const value = dose[field];
  return usual !== null && value !== null && (value < usual.least || value > usual.most);
}

export const hasUnusual = (item: Pick<Dosed, 'exercise' | 'dose'>): boolean =>
  doseFields(item.exercise).some((field) => isUnusual(item, field));

type DosedBody = Dose & { exercise_key: string; side: Side };

/** As it is sent: an exercise for both legs at once has no other side, and what it has no figure for is null. */
export function itemBody({ exercise, dose }: Dosed, side: Side): DosedBody {
  const has = doseFields(exercise);
  const figures = Object.fromEntries(
    FIELDS.map((field) => [field, has.includes(field) ? (dose[field] ?? null) : null]),
  ) as unknown as Dose;
  return { exercise_key: exercise.key, side: sideOf(exercise, side), ...figures };
}

export function sideOf(exercise: Exercise, side: Side): Side {
  return exercise.sides === 'both' ? 'both' : side;
}
