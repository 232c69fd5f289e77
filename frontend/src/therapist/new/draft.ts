import type { Condition, Exercise, Language, PatientDraft, Side } from '../../data/api/types.ts';
import { hasUnusual, isComplete, itemBody, type Dosed } from '../plan/dose.ts';

export interface ItemDraft extends Dosed {
  chosen: boolean;
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

export function itemDraft(exercise: Exercise, id: string): ItemDraft {
  return { id, exercise, chosen: false, dose: { ...exercise.dose } };
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
  const items = draft.items
    .filter((item) => item.chosen)
    .map((item) => ({
      ...itemBody(item, side),
      weekdays: null,
      on_nerve_flag: null,
    }));
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
