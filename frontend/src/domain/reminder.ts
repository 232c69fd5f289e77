/** When the diary should be brought to mind. Times of day are "HH:MM" on the clock of this device. */
import type { Reminder } from '../data/api/types.ts';
import { today, withOffset } from './days.ts';

/** What the patient said to the reminder of one day. */
export interface PutOff {
  day: string;
  /** Null: not again this day. */
  until: string | null;
}

export const LATER_MS = 60 * 60 * 1000;

/**
 * Whether to remind now: the day's time has come, nobody asked for quiet, nothing was logged this day, and the
 * patient has not put it off. After midnight a new day waits for its own time.
 */
export function due(
  now: Date,
  settings: Reminder,
  logged: ReadonlySet<string>,
  putOff: PutOff | null,
): boolean {
  const day = today(now);
  if (settings.at === null || now < momentOf(day, settings.at)) return false;
  if (logged.has(day) || isQuiet(timeOf(now), settings)) return false;
  if (putOff?.day !== day) return true;
  return putOff.until !== null && now >= new Date(putOff.until);
}

/** "Later" is for once a day: the reminder comes one more time, and then leaves the day alone. */
export function canWait(now: Date, putOff: PutOff | null): boolean {
  return putOff?.day !== today(now);
}

export function later(now: Date): PutOff {
  return { day: today(now), until: new Date(now.getTime() + LATER_MS).toISOString() };
}

export function notToday(now: Date): PutOff {
  return { day: today(now), until: null };
}

/** Whether a time of day lies in the quiet hours, from their beginning to just before their end. */
export function isQuiet(time: string, { quiet_from, quiet_until }: Reminder): boolean {
  if (quiet_from === null || quiet_until === null) return false;
  if (quiet_from <= quiet_until) return quiet_from <= time && time < quiet_until;
  return quiet_from <= time || time < quiet_until;
}

const timeOf = (at: Date) => withOffset(at).slice(11, 16);

/**
 * The moment of a time of day. Where the clock goes back it is the first of the two, so that a reminder that was
 * due stays due; where the clock leaps over it, the same while after the leap.
 */
function momentOf(day: string, time: string): Date {
  return new Date(`${day}T${time}:00`);
}
