import { describe, expect, test } from 'vitest';
import { dragged, LEAST_DAYS, withFirst, withLast } from './period.ts';

describe('a period', () => {
  test('follows the end that is moved and keeps the other', () => {
    expect(withFirst({ from: 0, to: 40 }, 10, 90)).toEqual({ from: 10, to: 40 });
    expect(withLast({ from: 10, to: 40 }, 60, 90)).toEqual({ from: 10, to: 60 });
  });

  test('is pushed on when its ends would meet', () => {
    expect(withFirst({ from: 0, to: 20 }, 18, 90)).toEqual({ from: 18, to: 24 });
    expect(withLast({ from: 30, to: 60 }, 31, 90)).toEqual({ from: 25, to: 31 });
  });

  test('is dragged in either direction', () => {
    expect(dragged(50, 20, 90)).toEqual({ from: 20, to: 50 });
    expect(dragged(20, 50, 90)).toEqual({ from: 20, to: 50 });
  });

  test('holds at least a week and stays inside, wherever somebody drags', () => {
    for (const days of [LEAST_DAYS, 30, 120]) {
      for (let began = -20; began < 140; began += 3) {
        for (let at = -20; at < 140; at += 7) {
          const { from, to } = dragged(began, at, days);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThan(days);
          expect(to - from + 1).toBeGreaterThanOrEqual(LEAST_DAYS);
        }
      }
    }
  });
});
