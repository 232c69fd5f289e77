/** A clock that somebody started by hand, as the page shows it. Times are milliseconds. */
import type { Timer } from '../../data/api/types.ts';

/** Who goes on doing something is told to the server so often: what is lost at the end is never more. */
export const TELL_EVERY = 20_000;

export type Stands =
  /** `seconds` so far */
  | { kind: 'runs'; seconds: number }
  /** `left` seconds for an answer */
  | { kind: 'asks'; seconds: number; left: number }
  /** nothing was done since `at` */
  | { kind: 'stopped'; seconds: number; at: number };

/** `touched`: when something was done on the page last; `ahead`: by how much this clock is ahead of the server's. */
export function stands(timer: Timer, touched: number, now: number, ahead: number): Stands {
  const started = Date.parse(timer.started_at) + ahead;
  const told = Date.parse(timer.active_at) + ahead;
  const counted = (until: number) => Math.max(0, Math.floor((until - started) / 1000));
  const idle = now - Math.max(touched, told);
  const ask = timer.idle_seconds * 1000;
  const end = ask + timer.answer_seconds * 1000;
  // The server has heard of no more than it was told: what it counts is what is shown.
  if (timer.stopped || idle > end) return { kind: 'stopped', seconds: counted(told), at: told };
  const seconds = counted(now);
  if (idle < ask) return { kind: 'runs', seconds };
  return { kind: 'asks', seconds, left: Math.ceil((end - idle) / 1000) };
}

/** "4:07" */
export function spell(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
