/** Calendar days as "YYYY-MM-DD". A day is always the patient's own, never the server's. */

export interface Stamp {
  local_date: string;
  happened_at: string;
  zone: string;
  made_at: string;
}

/** The four times of an entry; `happened` differs from `made` only for an entry made later. */
export function stamp(happened: Date = new Date(), made: Date = happened): Stamp {
  const at = withOffset(happened);
  return {
    local_date: at.slice(0, 10),
    happened_at: at,
    zone: zoneOfPhone(),
    made_at: withOffset(made),
  };
}

/**
 * When a revision is made: now, or just after what it revises if the clock was set back since. The latest
 * made counts, so that a change would otherwise be lost behind what it changes.
 */
export function madeAfter(earlier: readonly string[], now: Date = new Date()): string {
  const latest = Math.max(...earlier.map((made_at) => Date.parse(made_at)));
  return withOffset(new Date(Math.max(now.getTime(), latest + 1)));
}

/** RFC 3339 on the wall clock of this device: "2026-03-01T08:15:30.123+01:00". */
export function withOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const wall = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const sign = minutes < 0 ? '-' : '+';
  const size = Math.abs(minutes);
  return `${wall}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** A phone that does not know its zone has a name for that, which no table of zones lists. */
function zoneOfPhone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== 'Etc/Unknown' ? zone : 'UTC';
}

const two = (value: number) => String(value).padStart(2, '0');

export function today(now: Date = new Date()): string {
  return withOffset(now).slice(0, 10);
}

export function addDays(day: string, count: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}

/** Whole days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The `count` days that end with `last`, oldest first. */
export function daysUntil(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => addDays(last, index - count + 1));
}

/**
 * When an entry about a whole day happened that is past: at its noon. Noon exists on every day of every
 * zone, no clock change moves it into another day, and it claims neither a morning nor an evening.
 */
export function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00`);
}

/** Whether an entry speaks of a whole past day: what is stamped as it happens never hits that millisecond. */
export function isOfWholeDay({ happened_at }: { happened_at: string }): boolean {
  return /T12:00:00(\.0+)?(Z|[+-])/.test(happened_at);
}
