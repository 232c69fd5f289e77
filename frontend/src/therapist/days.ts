import { daysBetween, today } from '../domain/days.ts';

/** "today", "yesterday", "3 days ago" for a calendar day. */
export function daysAgo(day: string, language: string, now: string = today()): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  // A patient east of here may already have begun tomorrow; to the therapist that is today.
  return format.format(Math.min(0, daysBetween(now, day)), 'day');
}
