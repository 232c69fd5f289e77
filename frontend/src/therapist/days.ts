import { daysBetween, today } from '../domain/days.ts';

/** "today", "yesterday", "3 days ago" for a calendar day. */
export function daysAgo(day: string, language: string, now: string = today()): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  // A patient east of here may already have begun tomorrow; to the therapist that is today.
  return format.format(Math.min(0, daysBetween(now, day)), 'day');
}

/** Today where somebody lives; here where the browser does not know the zone. */
export function todayIn(timeZone: string, now: Date = new Date()): string {
  try {
    const part = new Intl.DateTimeFormat('en', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }).formatToParts(now);
    const of = (type: string) => part.find((one) => one.type === type)?.value;
    return `${of('year')}-${of('month')}-${of('day')}`;
  } catch {
    return today(now);
  }
}
