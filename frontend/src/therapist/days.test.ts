import { expect, test } from 'vitest';
import { daysAgo, todayIn } from './days.ts';

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

test('the day is of the zone where the patient lives', () => {
  const evening = new Date('2025-06-30T22:30:00Z');
  expect(todayIn('Europe/Madrid', evening)).toBe('2025-07-01');
  expect(todayIn('America/Lima', evening)).toBe('2025-06-30');
});
