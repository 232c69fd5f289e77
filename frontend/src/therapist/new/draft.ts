import type {
  Condition,
  Criterion,
  Exercise,
  Language,
  PatientDraft,
  PlanItemBody,
  Side,
  Template,
} from '../../data/api/types.ts';
import { FIELDS, hasUnusual, isComplete, itemBody, type Dosed } from '../plan/dose.ts';
import { isBlocked, screeningBody, type ScreeningDraft } from '../episode/screening.ts';
import { REST } from '../plan/items.ts';

export interface ItemDraft extends Dosed {
  chosen: boolean;
  /** as the template that was begun from has them */
  weekdays: number[] | null;
  onNerveFlag: string | null;
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
  /** of the template that was begun from */
  criteria: readonly Criterion[];
  screening: ScreeningDraft;
}

export function itemDraft(exercise: Exercise, id: string): ItemDraft {
  const plain = { weekdays: null, onNerveFlag: null };
  return { id, exercise, chosen: false, dose: { ...exercise.dose }, ...plain };
}

/** Makes the template's exercises the chosen ones, in its doses, and no others. */
export function begin(draft: Draft, { items, criteria, note }: Template): void {
  for (const item of draft.items) {
    const asked = items.find(({ exercise_key }) => exercise_key === item.exercise.key);
    item.chosen = asked !== undefined;
    if (!asked) continue;
    for (const field of FIELDS) item.dose[field] = asked[field];
    item.weekdays = asked.weekdays;
    item.onNerveFlag = asked.on_nerve_flag;
  }
  draft.criteria = criteria;
  draft.note = note ?? draft.note;
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
  // Where there is to be no home programme, no dose is asked for.
  const chosen = isBlocked(draft.screening) ? [] : draft.items.filter((item) => item.chosen);
  return [
    ...(draft.name.trim() ? [] : ['missingName' as const]),
    ...(timezones.includes(draft.timezone) ? [] : ['badTimezone' as const]),
    ...(draft.condition ? [] : ['missingCondition' as const]),
    ...(draft.side ? [] : ['missingSide' as const]),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(draft.startedOn) ? [] : ['badDate' as const]),
    ...chosen.filter((item) => !isComplete(item)).map((item) => ({ badDose: item })),
    ...(chosen.some(hasUnusual) && !draft.note.trim() ? ['missingReason' as const] : []),
  ];
}

/** The request body of a complete draft; the same draft always makes the same body. */
export function patientBody(draft: Draft): PatientDraft {
  const { condition, side } = draft;
  if (!condition || !side) throw new Error('an incomplete draft was sent');
  const isThere = (key: string | null) =>
    key === REST || draft.items.some(({ chosen, exercise }) => chosen && exercise.key === key);
  const items = draft.items
    .filter((item) => item.chosen)
    .map((item) => ({
      ...itemBody(item, side),
      // Another number of days than the template's is on any days.
      weekdays: item.weekdays?.length === item.dose.days_per_week ? item.weekdays : null,
      on_nerve_flag: isThere(item.onNerveFlag) ? item.onNerveFlag : null,
    }));
  const theirs = (item: PlanItemBody) => ({
    ...item,
    side: item.side === 'both' ? item.side : side,
  });
  const criteria = draft.criteria.map((one) => ({ ...one, item: theirs(one.item) }));
  return {
    name: draft.name.trim(),
    timezone: draft.timezone,
    locale: draft.locale,
    episode: { id: draft.episodeId, condition, side, started_on: draft.startedOn },
    screening: screeningBody(draft.screening),
    plan:
      items.length && !isBlocked(draft.screening)
        ? {
            id: draft.planId,
            starts_on: draft.startedOn,
            note: draft.note.trim() || null,
            items,
            criteria,
          }
        : null,
  };
}
