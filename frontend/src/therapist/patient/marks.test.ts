import { expect, test } from 'vitest';
import type { Assessment, Day } from '../../data/api/types.ts';
import { withAlerts, withTests } from './marks.ts';

const day = (date: string, pain: number | null = 3) =>
  ({ date, pain, nerve: 0, place: null }) as Day;
const slr = (angle: number) => ({ slr: { angle, symptom: true }, slump: null });
const assessed = (assessed_on: string, angle: number) =>
  ({ assessed_on, left: slr(angle), right: { slr: null, slump: null } }) as Assessment;
const days = [day('2026-03-02'), day('2026-03-03')];

test('without an examination the days are what they were', () => {
  expect(withTests(days, [])).toBe(days);
  expect(withTests([], [assessed('2026-03-02', 40)])).toEqual([]);
});

test('an examination stands on its day; of two, the last recorded', () => {
  const found = withTests(days, [assessed('2026-03-03', 50), assessed('2026-03-03', 40)]);
  expect(found.map((one) => one.tests?.left.slr?.angle ?? null)).toEqual([null, 50]);
  expect(found[1]?.pain).toBe(3);
});

test('one shortly before the first entry begins the chart, with gaps; a much older one does not', () => {
  const found = withTests(days, [assessed('2026-02-27', 40), assessed('2025-12-01', 30)]);
  expect(found.map(({ date }) => date)).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
    '2026-03-03',
  ]);
  expect(found[0]).toMatchObject({ pain: null, tests: { left: { slr: { angle: 40 } } } });
  expect(found[1]?.pain).toBeNull();
});

test('alerts stand on the day on which they were raised', () => {
  const raised = [
    { kind: 'worsening', raised_on: '2026-03-03' },
    { kind: 'red_flag', raised_on: '2026-03-03' },
    { kind: 'quiet', raised_on: '2025-01-01' },
  ] as const;
  const found = withAlerts(days, raised, (kind) => kind.toUpperCase());
  expect(found.map(({ alerts }) => alerts)).toEqual([undefined, ['WORSENING', 'RED_FLAG']]);
  expect(found[0]).toBe(days[0]);
});
