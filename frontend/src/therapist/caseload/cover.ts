import type { CoverBody } from '../../data/api/types.ts';
import { daysBetween } from '../../domain/days.ts';

/** What the form holds: a colleague or a day that is not chosen yet is ''. */
export type CoverDraft = CoverBody;

export type MissingField = 'cover' | 'from' | 'until';

/** Whoever is away for longer hands over. */
const AT_MOST_DAYS = 366;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What keeps an absence from being entered, in the order of the form; `today` is the clinic's. */
export function missingOf(draft: CoverDraft, today: string): MissingField[] {
  const { absent_id, cover_id, starts_on, ends_on } = draft;
  const begins = DAY.test(starts_on);
  const inOrder =
    DAY.test(ends_on) &&
    ends_on >= today &&
    (!begins || (ends_on >= starts_on && daysBetween(starts_on, ends_on) <= AT_MOST_DAYS));
  return [
    ...(cover_id && cover_id !== absent_id ? [] : ['cover' as const]),
    ...(begins ? [] : ['from' as const]),
    ...(inOrder ? [] : ['until' as const]),
  ];
}
