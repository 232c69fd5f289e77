import { expect, test } from 'vitest';
import { daysAgo } from './days.ts';

test.each([
  ['2025-06-30', 'today'],
  ['2025-06-29', 'yesterday'],
  ['2025-06-21', '9 days ago'],
])('%s is %s', (day, words) => {
  expect(daysAgo(day, 'en', '2025-06-30')).toBe(words);
});

test("a patient's tomorrow is our today", () => {
  expect(daysAgo('2025-07-01', 'en', '2025-06-30')).toBe('today');
});

test('days are told in Spanish too', () => {
  expect(daysAgo('2025-06-27', 'es', '2025-06-30')).toBe('hace 3 días');
});
