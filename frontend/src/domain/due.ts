/** On which days an exercise is asked for. */
import type { PlanItem } from '../data/api/types.ts';

/** 1, Monday, to 7. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** An exercise without given days may be due on any, as may one of a plan that was kept before there were such. */
export function isDue({ weekdays }: { weekdays?: PlanItem['weekdays'] }, day: string): boolean {
  return !weekdays || weekdays.includes(weekdayOf(day));
}
