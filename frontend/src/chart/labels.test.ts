import { describe, expect, test } from 'vitest';
import type { ChartDay } from './days.ts';
import { chartLabels } from './labels.ts';

const logged: ChartDay = {
  date: '2025-06-03',
  pain: 5,
  pain_worst: 7,
  nerve: 2,
  place: 'calf',
  sessions: 1,
  notes: ['<b>after work</b>'],
};

describe('a day in words', () => {
  test('names what was answered', () => {
    expect(chartLabels('en').day(logged)).toBe(
      'Tue, June 3: pain 5 (worst 7) · 2 nerve symptoms · Calf · 1 session · “<b>after work</b>”',
    );
  });

  test('tells no worst that a later rating has overtaken', () => {
    const words = chartLabels('en').day({ ...logged, pain: 5, pain_worst: 3 });
    expect(words).toContain('pain 5 ·');
  });

  test('says that there is no entry instead of a zero', () => {
    const words = chartLabels('en').day({
      date: '2025-06-04',
      pain: null,
      nerve: null,
      place: null,
    });
    expect(words).toContain('No entry');
    expect(words).not.toContain('0');
  });

  test('says a zero', () => {
    const words = chartLabels('en').day({ date: '2025-06-04', pain: 0, nerve: 0, place: null });
    expect(words).toContain('pain 0 · no nerve symptoms');
  });

  test('is Spanish in Spanish', () => {
    expect(chartLabels('es').day(logged)).toContain('dolor 5 (el peor, 7) · 2 síntomas nerviosos');
  });
});

test('a summary counts logged days and not missing ones', () => {
  const missing: ChartDay = { date: '2025-06-04', pain: null, nerve: null, place: null };
  expect(chartLabels('en').summary([logged, missing])).toBe(
    '1 of 2 days logged. Pain between 5 and 5; latest 5 on Tue, June 3. Nerve symptoms on 1 day.',
  );
});
