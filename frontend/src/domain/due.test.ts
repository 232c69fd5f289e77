import { expect, test } from 'vitest';
import { isDue, weekdayOf } from './due.ts';

test('a week runs from Monday to Sunday', () => {
  expect(weekdayOf('2026-03-23')).toBe(1);
  expect(weekdayOf('2026-03-29')).toBe(7);
  expect(weekdayOf('2024-02-29')).toBe(4);
});

test('an exercise is due on the days that were given, or on any', () => {
  const due = (weekdays: number[] | null) =>
    ['2026-03-23', '2026-03-24', '2026-03-29'].map((day) => isDue({ weekdays }, day));
  expect(due([1, 7])).toEqual([true, false, true]);
  expect(due(null)).toEqual([true, true, true]);
  expect(isDue({}, '2026-03-24')).toBe(true);
});
