/** What may still be said about days that are over. */
import type { CheckIn, ExerciseSession } from '../data/api/types.ts';
import { addDays, daysBetween } from './days.ts';

/** How far back a forgotten day can be made good: further, memory colours more than it keeps. */
const FORGOTTEN_DAYS = 7;
/** How far back an entry can be changed. The clinic takes 60 days; a phone may be off for half of them. */
const CHANGEABLE_DAYS = 30;

export const mayBeAdded = (day: string, today: string): boolean =>
  day < today && daysBetween(day, today) <= FORGOTTEN_DAYS;

export const mayBeChanged = (day: string, today: string): boolean =>
  daysBetween(day, today) <= CHANGEABLE_DAYS;

/** The past days that can be made good, the newest first. */
export const recentDays = (today: string): string[] =>
  Array.from({ length: FORGOTTEN_DAYS }, (_, index) => addDays(today, -1 - index));

/** Those of them without a check-in, since the diary began. */
export function forgotten(
  checkIns: readonly CheckIn[],
  sessions: readonly ExerciseSession[],
  today: string,
): string[] {
  const began = [...checkIns, ...sessions].map(({ local_date }) => local_date).sort()[0] ?? today;
  const known = new Set(checkIns.map(({ local_date }) => local_date));
  return recentDays(today).filter((day) => day >= began && !known.has(day));
}
