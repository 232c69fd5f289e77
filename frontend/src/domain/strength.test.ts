import { expect, test } from 'vitest';
import { addDays } from './days.ts';
import { doneInWeek, strength } from './strength.ts';

const START = '2026-01-01';
const days = (count: number, skip: (index: number) => boolean = () => false) =>
  new Set(
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => !skip(index))
      .map((index) => addDays(START, index)),
  );

test('nothing done is no strength, and it never leaves 0-1', () => {
  expect(strength(new Set(), START, 7)).toBe(0);
  expect(strength(days(400), addDays(START, 399), 7)).toBeLessThanOrEqual(1);
});

test.each([
  [1, 0.1],
  [2, 0.19],
  [7, 0.59],
  [14, 1],
])('after %i days without a gap it stands at %f', (count, expected) => {
  expect(strength(days(count), addDays(START, count - 1), 7)).toBeCloseTo(expected, 2);
});

test('it never falls from a done day to the next, and one day fades instead of filling up', () => {
  const grown = Array.from({ length: 30 }, (_, index) =>
    strength(days(index + 1), addDays(START, index), 7),
  );
  expect(grown).toEqual([...grown].sort((a, b) => a - b));
  expect(strength(days(1), addDays(START, 20), 7)).toBeLessThan(0.1);
});

test('a missed day costs a little and is no reset', () => {
  const last = addDays(START, 60);
  const full = strength(days(61), last, 7);
  const missed = strength(
    days(61, (index) => index === 59),
    last,
    7,
  );
  expect(missed).toBeLessThan(full);
  expect(missed).toBeGreaterThan(full * 0.95);
});

test('two silent weeks leave more than a third', () => {
  const full = strength(days(60), addDays(START, 59), 7);
  const faded = strength(days(60), addDays(START, 73), 7);
  expect(faded).toBeGreaterThan(full / 3);
  expect(faded).toBeLessThan(full);
});

test('a plan of three days a week is fulfilled by three days', () => {
  const threeAWeek = days(120, (index) => ![0, 2, 4].includes(index % 7));
  expect(strength(threeAWeek, addDays(START, 119), 3)).toBeGreaterThan(0.95);
});

test('the week counts the seven days up to today', () => {
  expect(doneInWeek(days(10), addDays(START, 9))).toBe(7);
  expect(doneInWeek(days(10), addDays(START, 11))).toBe(5);
});
