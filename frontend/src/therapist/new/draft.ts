import type {
  Condition,
  Dose,
  DoseField,
  Exercise,
  Language,
  PatientDraft,
  PlanItemBody,
  Side,
} from '../../data/api/types.ts';

/** A number field is null while it is empty. */
export type DoseDraft = Record<DoseField, number | null>;

export interface ItemDraft {
  /** of the form's controls only; the server names plan items itself */
  id: string;
  exercise: Exercise;
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

const FIELDS = [
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

export function itemDraft(exercise: Exercise, id: string): ItemDraft {
  return { id, exercise, chosen: false, dose: { ...exercise.dose } };
}

const isWhole = (value: number | null): value is number =>
  value !== null && Number.isInteger(value) && value >= 0;

/** A hold that the library leaves open may stay empty; every other figure is needed. */
const isComplete = (item: ItemDraft): boolean =>
  doseFields(item.exercise).every(
    (field) =>
      isWhole(item.dose[field]) ||
      (field === 'hold_seconds' &&
        item.dose[field] === null &&
        item.exercise.kind !== 'static_stretch'),
  );

export function isUnusual({ exercise, dose }: ItemDraft, field: DoseField): boolean {
  const usual = exercise.usual[field];
  const value = dose[field];
  return usual !== null && value !== null && (value < usual.least || value > usual.most);
}

export type Missing =
  | 'missingName'
  | 'badTimezone'
  | 'missingCondition'
  | 'missingSide'
  | 'badDate'
  | 'missingReason'
  | { badDose: ItemDraft };

/** What keeps the draft from being sent, in the order of the form. */
export function missing(draft: Draft, timezones: readonly string[]): Missing[] {
  const chosen = draft.items.filter((item) => item.chosen);
  const unusual = chosen.some((item) =>
    doseFields(item.exercise).some((field) => isUnusual(item, field)),
  );
  return [
    ...(draft.name.trim() ? [] : ['missingName' as const]),
    ...(timezones.includes(draft.timezone) ? [] : ['badTimezone' as const]),
    ...(draft.condition ? [] : ['missingCondition' as const]),
    ...(draft.side ? [] : ['missingSide' as const]),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(draft.startedOn) ? [] : ['badDate' as const]),
    ...chosen.filter((item) => !isComplete(item)).map((item) => ({ badDose: item })),
    ...(unusual && !draft.note.trim() ? ['missingReason' as const] : []),
  ];
}

/** The request body of a complete draft; the same draft always makes the same body. */
export function patientBody(draft: Draft): PatientDraft {
  const { condition, side } = draft;
  if (!condition || !side) throw new Error('an incomplete draft was sent');
  const items = draft.items.filter((item) => item.chosen).map((item) => itemBody(item, side));
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

function itemBody({ exercise, dose }: ItemDraft, side: Side): PlanItemBody {
  const has = doseFields(exercise);
  const figures = Object.fromEntries(
    FIELDS.map((field) => [field, has.includes(field) ? dose[field] : null]),
  ) as unknown as Dose;
  return {
    exercise_key: exercise.key,
    side: exercise.sides === 'both' ? 'both' : side,
    ...figures,
  };
}
