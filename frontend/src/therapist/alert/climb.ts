/** By when somebody is to look at an alert, and to whom it went since, in words. */
import type { Climb, RowAlert } from '../../data/api/types.ts';
import { count, date, region, t, time } from '../../i18n/index.svelte.ts';

type Step = Climb['steps'][number];
const MINUTE_MS = 60_000;
const UNITS = [
  ['day', 24 * 60],
  ['hour', 60],
  ['minute', 1],
] as const;

/** "30 minutes", "3 hours", "2 days": as exact as its length asks for. */
export function lasting(minutes: number): string {
  const [unit, size] = UNITS.find(([, size]) => minutes >= 2 * size) ?? (['minute', 1] as const);
  return count(Math.round(minutes / size), { style: 'unit', unit, unitDisplay: 'long' });
}

export function stepWords({ level, why, told, since, at }: Step): string {
  if (level === 'nobody') return t('therapist:climb.nobody');
  const names = new Intl.ListFormat(region()).format(told);
  if (why === 'nobody_there') return t('therapist:climb.nobodyThere', { names });
  const waited = lasting((Date.parse(at) - Date.parse(since)) / MINUTE_MS);
  return t('therapist:climb.unseen', { names, waited });
}

/** Today a time is enough. */
function moment(at: string, now: Date): string {
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const its = date(new Date(at), day);
  return its === date(now, day) ? time(at) : `${its}, ${time(at)}`;
}

/** Of an alert that waits; null where there is nothing to say. */
export function lookByWords(look_by: string | null, severity: string, now: Date): string | null {
  if (!look_by) return severity === 'low' ? t('therapist:climb.noTime') : null;
  const passed = Date.parse(look_by) < now.getTime();
  return t(passed ? 'therapist:climb.passed' : 'therapist:climb.lookBy', {
    at: moment(look_by, now),
  });
}

/** For the list: what is overdue, and who was told. */
export function overdueWords(
  alert: Pick<RowAlert, 'look_by' | 'climbed' | 'told' | 'state'> | null,
  now: Date,
): string | null {
  if (alert?.state !== 'open') return null;
  if (alert.climbed && !alert.told.length) return t('therapist:climb.nobody');
  if (!alert.look_by || Date.parse(alert.look_by) >= now.getTime()) return null;
  const passed = t('therapist:climb.passed', { at: moment(alert.look_by, now) });
  if (!alert.told.length) return `${passed}.`;
  const names = new Intl.ListFormat(region()).format(alert.told);
  return `${passed}. ${t('therapist:climb.told', { names })}`;
}
