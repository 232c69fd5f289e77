import { describe, expect, test } from 'vitest';
import { calendar, isMissing, overview, spans, type ChartDay } from './days.ts';

const day = (date: string, pain: number | null, nerve: number | null = null): ChartDay => ({
  date,
  pain,
  nerve,
  place: null,
});

describe('calendar', () => {
  test('puts every absent day back as a missing one', () => {
    const filled = calendar([day('2025-02-27', 3), day('2025-03-02', 4)]);
    expect(filled.map((d) => d.date)).toEqual([
      '2025-02-27',
      '2025-02-28',
      '2025-03-01',
      '2025-03-02',
    ]);
    expect(filled.map((d) => d.pain)).toEqual([3, null, null, 4]);
    expect(filled.map(isMissing)).toEqual([false, true, true, false]);
  });

  test('keeps a leap day and the days on which clocks change', () => {
    const dates = calendar([day('2024-02-28', 1), day('2024-04-02', 1)]).map((d) => d.date);
    expect(dates).toContain('2024-02-29');
    expect(dates).toContain('2024-03-31');
    expect(new Set(dates).size).toBe(35);
  });

  test('orders days that come in any order', () => {
    expect(calendar([day('2025-01-02', 2), day('2025-01-01', 1)]).map((d) => d.pain)).toEqual([
      1, 2,
    ]);
  });

  test('of nothing is nothing', () => {
    expect(calendar([])).toEqual([]);
  });
});

test('a day with a zero is an answered day', () => {
  expect(isMissing(day('2025-01-01', 0))).toBe(false);
  expect(isMissing(day('2025-01-01', null, 0))).toBe(false);
});

test('spans gather neighbours and separate the rest', () => {
  const days = [null, null, 3, null, 0].map((pain, i) => day(`2025-01-0${i + 1}`, pain));
  expect(spans(days, isMissing)).toEqual([
    { from: 0, to: 1 },
    { from: 3, to: 3 },
  ]);
});

describe('overview', () => {
  test('counts what was answered and nothing else', () => {
    const days = [day('2025-01-01', 0, 0), day('2025-01-02', null), day('2025-01-03', 6, 2)];
    expect(overview(days)).toEqual({
      days: 3,
      logged: 2,
      latest: { date: '2025-01-03', pain: 6 },
      lowest: 0,
      highest: 6,
      nerveDays: 1,
    });
  });

  test('states no figure for a diary without answers', () => {
    expect(overview([day('2025-01-01', null)])).toMatchObject({
      logged: 0,
      latest: null,
      lowest: null,
      highest: null,
    });
  });
});
