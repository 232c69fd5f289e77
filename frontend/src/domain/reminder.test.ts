import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Reminder } from '../data/api/types.ts';
import { canWait, due, isQuiet, later, notToday } from './reminder.ts';

beforeEach(() => vi.stubEnv('TZ', 'Europe/Madrid'));
afterEach(() => vi.unstubAllEnvs());

const NOTHING = new Set<string>();
const settings = (at: string | null, from: string | null = null, until: string | null = null) =>
  ({ at, quiet_from: from, quiet_until: until }) satisfies Reminder;
const at = (wall: string) => new Date(wall);
const evening = settings('19:00');

test('from its time on, to the end of the day', () => {
  const said = ['00:00', '18:59', '19:00', '23:59'].map((time) =>
    due(at(`2026-05-04T${time}:00`), evening, NOTHING, null),
  );
  expect(said).toEqual([false, false, true, true]);
});

test('no time is no reminder', () => {
  expect(due(at('2026-05-04T23:00:00'), settings(null), NOTHING, null)).toBe(false);
});

test('none when something was logged that day; yesterday is another day', () => {
  const now = at('2026-05-04T20:00:00');
  expect(due(now, evening, new Set(['2026-05-04']), null)).toBe(false);
  expect(due(now, evening, new Set(['2026-05-03']), null)).toBe(true);
});

describe('put off', () => {
  const asked = () => at('2026-05-04T19:30:00');

  test('later is an hour later, once', () => {
    const putOff = later(asked());
    expect(canWait(asked(), null)).toBe(true);
    expect(due(at('2026-05-04T20:29:00'), evening, NOTHING, putOff)).toBe(false);
    expect(due(at('2026-05-04T20:30:00'), evening, NOTHING, putOff)).toBe(true);
    expect(canWait(at('2026-05-04T20:30:00'), putOff)).toBe(false);
  });

  test('later over midnight does not carry into the next day', () => {
    const late = settings('23:30');
    const putOff = later(at('2026-05-04T23:40:00'));
    expect(due(at('2026-05-05T00:40:00'), late, NOTHING, putOff)).toBe(false);
    expect(due(at('2026-05-05T23:30:00'), late, NOTHING, putOff)).toBe(true);
    expect(canWait(at('2026-05-05T23:30:00'), putOff)).toBe(true);
  });

  test('not today is for today alone', () => {
    expect(due(at('2026-05-04T23:00:00'), evening, NOTHING, notToday(asked()))).toBe(false);
    expect(due(at('2026-05-05T19:00:00'), evening, NOTHING, notToday(asked()))).toBe(true);
  });

  test('later in the quiet hours waits for their end', () => {
    const quiet = settings('19:00', '20:00', '22:00');
    const putOff = later(asked());
    expect(due(at('2026-05-04T20:45:00'), quiet, NOTHING, putOff)).toBe(false);
    expect(due(at('2026-05-04T22:00:00'), quiet, NOTHING, putOff)).toBe(true);
  });
});

describe('quiet hours', () => {
  test.each([
    ['over midnight', '22:00', '08:00', ['21:59', '22:00', '00:00', '07:59', '08:00']],
    ['within a day', '13:00', '15:00', ['12:59', '13:00', '14:00', '14:59', '15:00']],
  ])('%s', (_name, from, until, times) => {
    const said = times.map((time) => isQuiet(time, settings(null, from, until)));
    expect(said).toEqual([false, true, true, true, false]);
  });

  test('none chosen, none kept', () => {
    expect(isQuiet('03:00', settings('19:00'))).toBe(false);
  });

  test('a time inside them comes at their end, on the same day', () => {
    const early = settings('07:00', '22:00', '08:00');
    expect(due(at('2026-05-04T07:30:00'), early, NOTHING, null)).toBe(false);
    expect(due(at('2026-05-04T08:00:00'), early, NOTHING, null)).toBe(true);
  });
});

describe('the days on which the clock changes', () => {
  test('forward: a time that does not exist still comes', () => {
    const gap = settings('02:30');
    expect(due(new Date('2026-03-29T00:59:00Z'), gap, NOTHING, null)).toBe(false);
    expect(due(new Date('2026-03-29T01:30:00Z'), gap, NOTHING, null)).toBe(true);
    expect(due(at('2026-03-29T19:00:00'), evening, NOTHING, null)).toBe(true);
  });

  test('back: what is due stays due while the hour is repeated', () => {
    const twice = settings('02:30');
    const half = (wall: string) => due(new Date(wall), twice, NOTHING, null);
    expect(half('2026-10-25T02:29:00+02:00')).toBe(false);
    expect(half('2026-10-25T02:30:00+02:00')).toBe(true);
    expect(half('2026-10-25T02:10:00+01:00')).toBe(true);
  });

  test('later is a real hour, whatever the clock says', () => {
    const putOff = later(new Date('2026-10-25T02:30:00+02:00'));
    expect(due(new Date('2026-10-25T02:29:00+01:00'), settings('01:00'), NOTHING, putOff)).toBe(
      false,
    );
    expect(due(new Date('2026-10-25T02:30:00+01:00'), settings('01:00'), NOTHING, putOff)).toBe(
      true,
    );
  });

  test('the day is the one of the place where the phone is', () => {
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    expect(due(new Date('2026-05-04T05:00:00Z'), evening, NOTHING, null)).toBe(true);
    expect(due(new Date('2026-05-04T10:00:00Z'), evening, NOTHING, null)).toBe(false);
  });
});
