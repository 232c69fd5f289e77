import { expect, test } from 'vitest';
import type { CheckIn, ExerciseSession } from '../data/api/types.ts';
import { forgotten, mayBeAdded, mayBeChanged, recentDays } from './past.ts';

const TODAY = '2026-03-04';
const on = (...days: string[]) => days.map((local_date) => ({ local_date }) as CheckIn);

test('the last seven days can be made good, today is none of them', () => {
  expect(recentDays(TODAY)).toHaveLength(7);
  expect(recentDays(TODAY).every((day) => mayBeAdded(day, TODAY))).toBe(true);
  expect(recentDays(TODAY)[0]).toBe('2026-03-03');
  for (const day of [TODAY, '2026-03-05', '2026-02-24']) expect(mayBeAdded(day, TODAY)).toBe(false);
});

test('an entry can be changed for a month', () => {
  expect(mayBeChanged(TODAY, TODAY)).toBe(true);
  expect(mayBeChanged('2026-02-02', TODAY)).toBe(true);
  expect(mayBeChanged('2026-02-01', TODAY)).toBe(false);
});

test('forgotten are days without a check-in since the diary began, the newest first', () => {
  expect(forgotten([], [], TODAY)).toEqual([]);
  expect(forgotten(on('2026-03-01'), [], TODAY)).toEqual(['2026-03-03', '2026-03-02']);
  expect(forgotten(on('2026-01-01', '2026-03-03'), [], TODAY)).toHaveLength(6);
});

test('a day with an exercise alone has no check-in yet', () => {
  const sessions = on('2026-03-02') as unknown as ExerciseSession[];
  expect(forgotten([], sessions, TODAY)).toEqual(['2026-03-03', '2026-03-02']);
});
