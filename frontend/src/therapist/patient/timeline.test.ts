import { expect, test } from 'vitest';
import type { Day } from '../../data/api/types.ts';
import { eventfulDays } from './timeline.ts';

const day = (date: string, told: Partial<Day> = {}): Day => ({
  date,
  pain: 3,
  pain_worst: 4,
  nerve: 0,
  place: 'thigh',
  sensations: [],
  red_flags: null,
  sessions: 0,
  stopped_early: 0,
  notes: [],
  changes_with: null,
  edited: false,
  late: false,
  clock_wrong: false,
  imported: false,
  ...told,
});
const dates = (days: Day[]): string[] => eventfulDays(days).map((d) => d.date);

test('the timeline is newest first and leaves plain days to the chart', () => {
  expect(
    dates([
      day('2025-06-01', { notes: ['drove far'] }),
      day('2025-06-02'),
      day('2025-06-03', { sensations: ['dull_stretch'] }),
      day('2025-06-04', { sensations: ['tingling'] }),
      day('2025-06-05', { sessions: 1 }),
    ]),
  ).toEqual(['2025-06-05', '2025-06-04', '2025-06-01']);
});

test('weakness is told although it is not counted as a nerve symptom', () => {
  expect(dates([day('2025-06-01', { sensations: ['weakness'] })])).toHaveLength(1);
});

test('an unanswered question tells nothing', () => {
  expect(dates([day('2025-06-01', { sensations: null, red_flags: null })])).toEqual([]);
});

test('a day that a wrong clock wrote is told, whatever else is on it', () => {
  expect(dates([day('2025-06-01', { clock_wrong: true })])).toHaveLength(1);
});
