import type { PlanItem } from '../../data/api/types.ts';
import { addDays } from '../../domain/days.ts';
import { date, t } from '../../i18n/index.svelte.ts';

const A_MONDAY = '2024-01-01';

/** "Mon, Wed, Fri", of days from 1, Monday, to 7. */
export const weekdayNames = (weekdays: readonly number[]): string =>
  weekdays.map((day) => weekdayName(day, 'short')).join(', ');

export const weekdayName = (day: number, weekday: 'short' | 'long'): string =>
  date(addDays(A_MONDAY, day - 1), { weekday });

/** "Mon, Wed, Fri · 1 of 3 days this week". */
export function often(
  { days_per_week, weekdays }: Pick<PlanItem, 'days_per_week' | 'weekdays'>,
  done: number,
): string {
  const week = t('patient:today.weekly', { done, planned: days_per_week });
  return weekdays ? `${weekdayNames(weekdays)} · ${week}` : week;
}
