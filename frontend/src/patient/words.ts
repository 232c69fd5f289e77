/** Texts that several screens need in the same shape. */
import type { ExerciseSession } from '../data/api/types.ts';
import { addDays, isOfWholeDay } from '../domain/days.ts';
import type { MorningAfter } from '../domain/mornings.ts';
import { date, say, t } from '../i18n/index.svelte.ts';
import type { PatientDiary } from './diary.svelte.ts';

/** The words under the numbers of a pain scale. */
export const painWords = (): Record<string, string> => ({
  0: t('entry:checkIn.words.0'),
  3: t('entry:checkIn.words.3'),
  5: t('entry:checkIn.words.5'),
  7: t('entry:checkIn.words.7'),
  10: t('entry:checkIn.words.10'),
});

export function dayWords(day: string, today: string): string {
  return relativeDay(day, today) ?? date(day);
}

/** "Tuesday 17 November" */
export const fullDay = (day: string): string =>
  date(day, { weekday: 'long', day: 'numeric', month: 'long' });

/** "Today" or "Yesterday", where it is one of them. */
export function relativeDay(day: string, today: string): string | null {
  if (day === today) return t('today');
  return day === addDays(today, -1) ? t('yesterday') : null;
}

/** The clock of the place where the entry was made; an entry about a whole day has none. */
export function clockOf(entry: { happened_at: string }): string | null {
  if (isOfWholeDay(entry)) return null;
  // Read as UTC, so that a phone that has travelled since still shows the hour that was lived.
  return date(new Date(`${entry.happened_at.slice(0, 19)}Z`), {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
}

/** "Tuesday 17 November, 08:12" */
export const entryWords = (entry: { local_date: string; happened_at: string }): string =>
  [fullDay(entry.local_date), clockOf(entry) ?? []].flat().join(', ');

/** "Tue 17 Nov, 08:12", where the phone is now. */
export const momentWords = (at: string): string =>
  date(at, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });

/** What was done, or that it has left the plan. */
export function exerciseName(diary: PatientDiary, session: ExerciseSession): string {
  const item = diary.planItem(session.plan_item_id);
  const exercise = diary.care?.exercises.find(({ key }) => key === item?.exercise_key);
  return exercise ? say(exercise.title) : t('history:entries.exercise');
}

/** What is missing is said to be missing. */
export function morningWords({ before, after, pending }: MorningAfter): string {
  const values = { before, after };
  if (after !== null) {
    return t(`history:mornings.${before === null ? 'noBefore' : 'both'}`, values);
  }
  if (pending) return t(`history:mornings.${before === null ? 'pendingOnly' : 'pending'}`, values);
  return t(`history:mornings.${before === null ? 'neither' : 'noAfter'}`, values);
}
