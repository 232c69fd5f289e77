import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CheckIn, ExerciseSession } from '../data/api/types.ts';
import { morningAfter } from './mornings.ts';

const LATER = new Date('2026-03-05T12:00:00Z');
beforeEach(() => vi.stubEnv('TZ', 'Europe/Madrid'));
afterEach(() => vi.unstubAllEnvs());

const dated = (day: string, time: string) => ({
  local_date: day,
  happened_at: `${day}T${time}+01:00`,
});
const pain = (day: string, time: string, pain_now: number | null) =>
  ({ ...dated(day, time), pain_now }) as CheckIn;
const exercise = (day: string, time: string) => dated(day, time) as ExerciseSession;

const SESSION = exercise('2026-03-01', '18:00:05');
const look = (checkIns: CheckIn[], others: ExerciseSession[] = [], now = LATER) =>
  morningAfter(SESSION, checkIns, [SESSION, ...others], now);

test('pain before is the last one within a day, pain after the first one of the next morning', () => {
  const found = look([
    pain('2026-03-02', '09:10:00', 2),
    pain('2026-03-02', '08:10:00', 4),
    pain('2026-03-01', '17:30:00', 3),
    pain('2026-03-01', '08:00:00', 6),
    pain('2026-03-01', '18:20:00', 8),
  ]);
  expect(found).toEqual({ before: 3, after: 4, pending: false });
});

test('what nobody said is missing, and a zero is an answer', () => {
  expect(look([])).toEqual({ before: null, after: null, pending: false });
  expect(look([pain('2026-03-02', '08:00:00', 0)]).after).toBe(0);
  expect(look([pain('2026-03-02', '08:00:00', null)]).after).toBeNull();
  expect(look([pain('2026-02-28', '17:59:00', 5)]).before).toBeNull();
});

test('an afternoon, and a morning after the next exercise, answer to other things', () => {
  expect(look([pain('2026-03-02', '12:30:00', 5)]).after).toBeNull();
  const next = exercise('2026-03-02', '07:30:00');
  expect(look([pain('2026-03-02', '08:00:00', 5)], [next]).after).toBeNull();
  expect(look([pain('2026-03-02', '07:00:00', 5)], [next]).after).toBe(5);
});

test('an entry about a whole day has no time, and is neither before nor after', () => {
  expect(look([pain('2026-03-01', '12:00:00.000', 5)]).before).toBeNull();
});

test('until the next noon the morning is still to come', () => {
  expect(look([], [], new Date('2026-03-02T10:59:00Z')).pending).toBe(true);
  expect(look([], [], new Date('2026-03-02T11:01:00Z')).pending).toBe(false);
  const next = exercise('2026-03-02', '07:30:00');
  expect(look([], [next], new Date('2026-03-02T08:00:00Z')).pending).toBe(false);
});

test("the morning is the patient's own, wherever the phone is now", () => {
  const overseas = {
    local_date: '2026-03-02',
    happened_at: '2026-03-02T08:00:00-05:00',
    pain_now: 4,
  } as CheckIn;
  expect(look([overseas]).after).toBe(4);
});
