import type {
  Condition,
  ExerciseKind,
  ExerciseWithDose,
  Language,
  PatientDraft,
  PlanItem,
  Side,
} from '../../data/api/types.ts';

/** A number field is null while it is empty. */
export interface DoseDraft {
  sets: number | null;
  repetitions: number | null;
  hold_seconds: number | null;
  rest_seconds: number | null;
  days_per_week: number | null;
}

export interface ItemDraft {
  id: string;
  exercise: ExerciseWithDose;
  chosen: boolean;
  dose: DoseDraft;
}

export interface Draft {
  id: string;
  episodeId: string;
  planId: string;
  name: string;
  locale: Language;
  timezone: string;
  condition: Condition | null;
  side: Side | null;
  startedOn: string;
  note: string;
  items: ItemDraft[];
}

type DoseField = keyof DoseDraft;

/** The figures that a dose of this kind has. A glide keeps moving, so it has no hold to fill in. */
export function doseFields(kind: ExerciseKind): readonly DoseField[] {
  return kind === 'static_stretch'
    ? ['sets', 'hold_seconds', 'rest_seconds', 'days_per_week']
    : ['sets', 'repetitions', 'rest_seconds', 'days_per_week'];
}

export const LIMITS: Record<DoseField, { min: number; max: number }> = {
  sets: { min: 1, max: 10 },
  repetitions: { min: 1, max: 50 },
  hold_seconds: { min: 5, max: 120 },
  rest_seconds: { min: 0, max: 300 },
  days_per_week: { min: 1, max: 7 },
};

export function itemDraft(exercise: ExerciseWithDose, id: string): ItemDraft {
  const known = exercise.dose;
  const dose: DoseDraft = {
    sets: known?.sets ?? null,
    repetitions: known?.repetitions ?? null,
    hold_seconds: known?.hold_seconds ?? null,
    rest_seconds: known?.rest_seconds ?? null,
    days_per_week: known?.days_per_week ?? null,
  };
  return { id, exercise, chosen: false, dose };
}

const inside = (field: DoseField, value: number | null): boolean =>
  value !== null &&
  Number.isInteger(value) &&
  value >= LIMITS[field].min &&
  value <= LIMITS[field].max;

export const doseComplete = (item: ItemDraft): boolean =>
  doseFields(item.exercise.kind).every((field) => inside(field, item.dose[field]));

export type Missing =
  | 'missingName'
  | 'badTimezone'
  | 'missingCondition'
  | 'missingSide'
  | 'badDate'
  | { badDose: ItemDraft };

/** What keeps the draft from being sent, in the order of the form. */
export function missing(draft: Draft, timezones: readonly string[]): Missing[] {
  return [
    ...(draft.name.trim() ? [] : ['missingName' as const]),
    ...(timezones.includes(draft.timezone) ? [] : ['badTimezone' as const]),
    ...(draft.condition ? [] : ['missingCondition' as const]),
    ...(draft.side ? [] : ['missingSide' as const]),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(draft.startedOn) ? [] : ['badDate' as const]),
    ...draft.items
      .filter((item) => item.chosen && !doseComplete(item))
      .map((item) => ({ badDose: item })),
  ];
}

/** The request body of a complete draft; the same draft always makes the same body. */
export function patientDraft(draft: Draft): PatientDraft {
  const { condition, side } = draft;
  if (!condition || !side) throw new Error('an incomplete draft was sent');
  const items = draft.items.filter((item) => item.chosen).map((item) => planItem(item, side));
  return {
    name: draft.name.trim(),
    timezone: draft.timezone,
    locale: draft.locale,
    episode: { id: draft.episodeId, condition, side, started_on: draft.startedOn },
    plan: items.length
      ? { id: draft.planId, starts_on: draft.startedOn, note: draft.note.trim() || null, items }
      : null,
  };
}

function planItem({ id, exercise, dose }: ItemDraft, side: Side): PlanItem {
  const fields = doseFields(exercise.kind);
  return {
    id,
    exercise_key: exercise.key,
    kind: exercise.kind,
    side,
    sets: dose.sets ?? 1,
    repetitions: fields.includes('repetitions') ? dose.repetitions : null,
    hold_seconds: fields.includes('hold_seconds') ? dose.hold_seconds : null,
    rest_seconds: dose.rest_seconds ?? 0,
    days_per_week: dose.days_per_week ?? 7,
  };
}
