/** How settled a habit is, 0-1: it grows with done days and fades slowly, and never falls to nothing at once. */
import { addDays, daysBetween } from './days.ts';

/** After this many days without anything half of the strength is left (the figure of Loop Habit Tracker). */
const HALF_LIFE_DAYS = 13;
const FADE = 0.5 ** (1 / HALF_LIFE_DAYS);

/**
 * Strength at the end of `last`. A day counts fully when the seven days up to it hold as many done days
 * as the plan asks for, so a rest day inside the plan costs nothing.
 */
export function strength(done: ReadonlySet<string>, last: string, daysPerWeek: number): number {
  const first = [...done].sort()[0];
  if (!first) return 0;
  let value = 0;
  for (let day = first; daysBetween(day, last) >= 0; day = addDays(day, 1)) {
    const reached = Math.min(1, doneInWeek(done, day) / Math.max(1, daysPerWeek));
    value = value * FADE + reached * (1 - FADE);
  }
  return value;
}

/** Done days among the seven that end with `last`. */
export function doneInWeek(done: ReadonlySet<string>, last: string): number {
  let sum = 0;
  for (let back = 0; back < 7; back++) if (done.has(addDays(last, -back))) sum += 1;
  return sum;
}
