import { expect, test } from 'vitest';
import type { Alert } from '../../data/api/types.ts';
import { needOf, rangeFor, unresolved } from './choice.ts';

test.each([
  [null, 28],
  ['2025-06-20', 28],
  ['2025-06-10', 28],
  ['2025-06-09', 90],
  ['2024-12-01', 'all'],
])('an onset on %s is shown in the shortest period that holds what came before', (onset, days) => {
  expect(rangeFor(onset, '2025-06-30')).toBe(days);
});

test('the most severe alert comes first, then the newest, snoozed ones last, resolved ones only while held', () => {
  const alert = (id: string, severity: string, state: string, opened_at: string) =>
    ({ id, severity, state, opened_at }) as Alert;
  const alerts = [
    alert('later', 'urgent', 'snoozed', '2025-06-30T08:00:00Z'),
    alert('new moderate', 'moderate', 'open', '2025-06-30T08:00:00Z'),
    alert('done', 'urgent', 'resolved', '2025-06-30T08:00:00Z'),
    alert('new low', 'low', 'open', '2025-06-30T09:00:00Z'),
    alert('old urgent', 'urgent', 'acknowledged', '2025-06-01T08:00:00Z'),
    alert('new urgent', 'urgent', 'open', '2025-06-02T08:00:00Z'),
  ];
  const ids = (held: string[]) => unresolved(alerts, new Set(held)).map((one) => one.id);
  expect(ids([])).toEqual(['new urgent', 'old urgent', 'new moderate', 'new low', 'later']);
  expect(ids(['done'])[0]).toBe('done');
});

test.each([
  ['quiet', 'low', 'open', 'quiet'],
  ['not_improving', 'low', 'acknowledged', 'not_improving'],
  ['severe_pain', 'urgent', 'open', 'urgent'],
  ['worsening', 'high', 'open', 'worsening'],
  ['quiet', 'low', 'resolved', 'steady'],
] as const)('an alert that is %s, %s and %s calls for %s', (kind, severity, state, need) => {
  expect(needOf({ kind, severity, state })).toBe(need);
});
