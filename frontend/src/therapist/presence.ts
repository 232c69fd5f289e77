/** Whether somebody is there, and how long the sign-in lasts without them. Times are milliseconds. */

/** Somebody who did something so lately is there. */
const THERE = 60_000;
/** So long before the end it is said; more than enough to press a button. */
export const WARNING = 60_000;
/** Who only types makes no requests: the server hears of them so often. */
const TELL_EVERY = 4 * 60_000;

export interface Clock {
  /** when somebody did something last */
  touched: number;
  /** when the server heard last of somebody who is there */
  told: number;
}

export const isThere = (clock: Clock, now: number): boolean => now - clock.touched < THERE;

export const mustTell = (clock: Clock, now: number): boolean =>
  clock.touched > clock.told && now - clock.told >= TELL_EVERY;

export type Standing =
  { kind: 'fine' } | { kind: 'idle' | 'absolute'; left: number } | { kind: 'over' };

/** What is to be shown: nothing, that it ends soon and why, or that it is over. */
export function standing(
  clock: Clock,
  now: number,
  idle: number | null,
  endsAt: number | null,
): Standing {
  const untouched = idle === null ? Infinity : clock.touched + idle - now;
  const absolute = endsAt === null ? Infinity : endsAt - now;
  const left = Math.min(untouched, absolute);
  if (left <= 0) return { kind: 'over' };
  if (left > WARNING) return { kind: 'fine' };
  return { kind: untouched <= absolute ? 'idle' : 'absolute', left };
}
