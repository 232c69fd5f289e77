import { expect, test } from 'vitest';
import { delayOf } from './delay.ts';

const now = Date.parse('2026-03-08T12:00:00Z');

test.each([
  [null, null],
  ['2026-03-08T11:59:00Z', null],
  ['2026-03-07T12:00:01Z', null],
  ['2026-03-07T12:00:00Z', 'day'],
  ['2026-03-03T12:00:01Z', 'day'],
  ['2026-03-03T12:00:00Z', 'days'],
  // The clock was put back after the entry was made.
  ['2026-03-09T12:00:00Z', null],
])('the oldest unsent entry of %s is a delay of %s', (oldest, delay) => {
  expect(delayOf(oldest, now)).toBe(delay);
});
