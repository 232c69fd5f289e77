import { expect, test } from 'vitest';
import { isThere, mustTell, standing, WARNING } from './presence.ts';

const MINUTE = 60_000;
const clock = { touched: 0, told: 0 };

test.each([
  [13 * MINUTE, null, { kind: 'fine' }],
  [14 * MINUTE + 1, null, { kind: 'idle', left: MINUTE - 1 }],
  [15 * MINUTE, null, { kind: 'over' }],
  [5 * MINUTE, 5 * MINUTE + 20_000, { kind: 'absolute', left: 20_000 }],
  [14.5 * MINUTE, 14.6 * MINUTE, { kind: 'absolute', left: 0.1 * MINUTE }],
  [5 * MINUTE, 5 * MINUTE, { kind: 'over' }],
])('after %i ms with an end at %s it stands so: %o', (now, endsAt, expected) => {
  expect(standing(clock, now, 15 * MINUTE, endsAt)).toEqual(expected);
});

test('it is said at least 20 seconds before the end, and a touch puts it off', () => {
  expect(WARNING).toBeGreaterThanOrEqual(20_000);
  const now = 14.5 * MINUTE;
  expect(standing({ ...clock, touched: now }, now, 15 * MINUTE, null)).toEqual({ kind: 'fine' });
});

test('a patient is never warned', () => {
  expect(standing(clock, 1e12, null, null)).toEqual({ kind: 'fine' });
});

test('the server hears of whoever types for long, and of nobody where nobody is', () => {
  expect(mustTell({ touched: 5 * MINUTE, told: 0 }, 5 * MINUTE)).toBe(true);
  expect(mustTell({ touched: 3 * MINUTE, told: 0 }, 3 * MINUTE)).toBe(false);
  expect(mustTell({ touched: 0, told: 0 }, 60 * MINUTE)).toBe(false);
  expect([isThere(clock, MINUTE - 1), isThere(clock, MINUTE)]).toEqual([true, false]);
});
