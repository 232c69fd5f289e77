/** How settled a habit is, 0-1: it grows with done days and fades slowly, and never falls to nothing at once. */
import { addDays, daysBetween } from './days.ts';

/** After this many days without anything half of the strength is left (the figure of Loop Habit Tracker). */
const HALF_LIFE_DAYS = 13;
const FADE = 0.5 ** (1 / HALF_LIFE_DAYS);

/** What a new habit is measured against from its first day on: two full weeks. */
const LEAST_DAYS = 14;

/**
 * Strength at the end of `last`: the average of all days since the first done one, in which a day weighs
 * half as much as one that is 13 days younger.
 *
 *     strength = sum(reached(age) * fade^age) / sum(fade^age),   age = 0 is `last`
 *
 * The sum below the line runs over at least 14 days, so that one day is neither nothing nor everything:
 * the first day gives 10 %, the first full week 59 %, two full weeks 100 %. A day has reached what the
 * plan asks for when the seven days up to it hold as many done days, or, in the first week, as there
 * have been days; so a rest day inside the plan costs nothing.
 */
export function strength(done: ReadonlySet<string>, last: string, daysPerWeek: number): number {
  const first = [...done].sort()[0];
  if (!first || first > last) return 0;
  const days = daysBetween(first, last) + 1;
  let sum = 0;
  let whole = 0;
  for (let age = 0; age < Math.max(days, LEAST_DAYS); age++) {
    const weight = FADE ** age;
    whole += weight;
    if (age >= days) continue;
    const asked = Math.min(Math.max(1, daysPerWeek), days - age);
    sum += weight * Math.min(1, doneInWeek(done, addDays(last, -age)) / asked);
  }
  return sum / whole;
}

/** Done days among the seven that end with `last`. */
export function doneInWeek(done: ReadonlySet<string>, last: string): number {
  let sum = 0;
  for (let back = 0; back < 7; back++) if (done.has(addDays(last, -back))) sum += 1;
  return sum;
}
