import { afterEach, expect, test, vi } from 'vitest';
import {
  addDays,
  daysBetween,
  daysUntil,
  isOfWholeDay,
  noonOf,
  stamp,
  today,
  withOffset,
} from './days.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  ['Europe/Madrid', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00.000+01:00'],
  ['Europe/Madrid', '2026-03-29T01:30:00Z', '2026-03-29T03:30:00.000+02:00'],
  ['America/New_York', '2026-03-08T04:59:00Z', '2026-03-07T23:59:00.000-05:00'],
  ['Pacific/Kiritimati', '2026-01-01T10:00:00Z', '2026-01-02T00:00:00.000+14:00'],
  ['Asia/Kathmandu', '2026-01-01T18:15:00Z', '2026-01-02T00:00:00.000+05:45'],
  ['Pacific/Niue', '2026-01-01T10:59:00Z', '2025-12-31T23:59:00.000-11:00'],
])('in %s the moment %s is %s', (zone, moment, wall) => {
  vi.stubEnv('TZ', zone);
  expect(withOffset(new Date(moment))).toBe(wall);
  expect(Date.parse(wall)).toBe(Date.parse(moment));
});

test("an entry's day is the patient's day, also just before midnight", () => {
  vi.stubEnv('TZ', 'America/New_York');
  const late = new Date('2026-07-02T03:59:59Z');
  expect(stamp(late)).toEqual({
    local_date: '2026-07-01',
    happened_at: '2026-07-01T23:59:59.000-04:00',
    zone: 'America/New_York',
    made_at: '2026-07-01T23:59:59.000-04:00',
  });
  expect(today(late)).toBe('2026-07-01');
});

test.each(['Etc/Unknown', undefined])('a phone that says its zone is %s is at UTC', (timeZone) => {
  const options = Intl.DateTimeFormat().resolvedOptions();
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({
    ...options,
    timeZone: timeZone as string,
  });
  expect(stamp().zone).toBe('UTC');
});

test('an entry made later keeps both times', () => {
  const happened = new Date('2026-05-01T12:00:00Z');
  const made = new Date('2026-05-02T12:00:00Z');
  expect(stamp(happened, made).made_at).toBe(withOffset(made));
  expect(stamp(happened, made).happened_at).toBe(withOffset(happened));
});

test('days add up over months, leap days and clock changes', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  expect(daysUntil('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});

test.each(['Europe/Madrid', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Niue'])(
  'in %s a past day is entered at its own noon, also when the clocks change',
  (zone) => {
    vi.stubEnv('TZ', zone);
    const made = new Date('2026-04-02T07:30:00Z');
    for (const day of ['2026-03-08', '2026-03-28', '2026-03-29', '2026-11-01']) {
      const entry = stamp(noonOf(day), made);
      expect(entry.local_date).toBe(day);
      expect(entry.happened_at.slice(0, 19)).toBe(`${day}T12:00:00`);
      expect(entry.made_at).toBe(withOffset(made));
      expect(isOfWholeDay(entry)).toBe(true);
    }
  },
);

test('a whole day is recognised as the server writes it, and what is stamped at noon is not one', () => {
  expect(isOfWholeDay({ happened_at: '2026-03-01T12:00:00+01:00' })).toBe(true);
  expect(isOfWholeDay({ happened_at: '2026-03-01T12:00:00Z' })).toBe(true);
  expect(isOfWholeDay({ happened_at: '2026-03-01T12:00:00.417+01:00' })).toBe(false);
  expect(isOfWholeDay({ happened_at: '2026-03-01T20:12:00+01:00' })).toBe(false);
});
