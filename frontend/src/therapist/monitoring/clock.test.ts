import { describe, expect, test } from 'vitest';
import type { Timer } from '../../data/api/types.ts';
import { spell, stands } from './clock.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const at = (minutes: number): number => START + minutes * 60_000;
const timer = (active: number, stopped = false): Timer => ({
  id: 'a',
  patient_id: 'p',
  started_at: new Date(START).toISOString(),
  active_at: new Date(at(active)).toISOString(),
  now: new Date(at(active)).toISOString(),
  stopped,
  idle_seconds: 300,
  answer_seconds: 60,
});

describe('a clock', () => {
  test('runs while something is done, asks after five minutes without, and has stopped a minute later', () => {
    expect(stands(timer(0), at(3), at(7.9), 0)).toEqual({ kind: 'runs', seconds: 474 });
    expect(stands(timer(3), at(3), at(8.5), 0)).toEqual({ kind: 'asks', seconds: 510, left: 30 });
    expect(stands(timer(3), at(3), at(9.1), 0)).toEqual({
      kind: 'stopped',
      seconds: 180,
      at: at(3),
    });
  });

  test('that the server has stopped stays so, whatever is done here', () => {
    expect(stands(timer(2, true), at(9), at(9), 0).kind).toBe('stopped');
  });

  test('is read by the server, not by a laptop that is an hour ahead', () => {
    const ahead = 3_600_000;
    expect(stands(timer(0), at(1) + ahead, at(2) + ahead, ahead)).toEqual({
      kind: 'runs',
      seconds: 120,
    });
  });

  test('is spelt in minutes and seconds', () => {
    expect([0, 67, 3600].map(spell)).toEqual(['0:00', '1:07', '60:00']);
  });
});
