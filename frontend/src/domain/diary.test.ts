import { expect, test } from 'vitest';
import type { CheckIn } from '../data/api/types.ts';
import { current, loggedDays, summarise } from './diary.ts';

function checkIn(over: Partial<CheckIn>): CheckIn {
  return {
    id: 'a',
    revises: null,
    withdrawn: false,
    plan_version_id: null,
    local_date: '2026-03-01',
    happened_at: '2026-03-01T08:00:00.000+01:00',
    zone: 'Europe/Madrid',
    made_at: '2026-03-01T08:00:00.000+01:00',
    sensations: [],
    changes_with: null,
    pain_now: 3,
    pain_worst: null,
    place: 'thigh',
    red_flags: null,
    note: null,
    ...over,
  };
}

test('the last revision counts, compared as moments and not as text', () => {
  const first = checkIn({ made_at: '2026-03-01T08:00:00.000+01:00' });
  // 07:30 at UTC is later than 08:00 at +01:00, although it sorts before it as text.
  const later = checkIn({
    id: 'b',
    revises: 'a',
    pain_now: 7,
    made_at: '2026-03-01T07:30:00.000+00:00',
  });
  expect(current([later, first])).toEqual([later]);
  expect(current([first, later])).toEqual([later]);
});

test('of two revisions made in one millisecond the greater id counts', () => {
  const one = checkIn({ id: 'b', revises: 'a' });
  const two = checkIn({ id: 'c', revises: 'a' });
  expect(current([two, one])).toEqual([two]);
});

test('a withdrawn entry is gone, and comes back when it is edited later', () => {
  const entry = checkIn({});
  const gone = checkIn({
    id: 'b',
    revises: 'a',
    withdrawn: true,
    made_at: '2026-03-01T08:00:05.000+01:00',
  });
  expect(current([entry, gone])).toEqual([]);
  expect(loggedDays([entry, gone], []).size).toBe(0);
});

test('a day without an entry is null and not zero, an answered day without symptoms is zero', () => {
  const [empty, answered] = summarise([checkIn({ pain_now: 0 })], ['2026-02-28', '2026-03-01']);
  expect(empty).toEqual({ date: '2026-02-28', pain: null, nerve: null, place: null });
  expect(answered).toEqual({ date: '2026-03-01', pain: 0, nerve: 0, place: 'thigh' });
});

test('several check-ins of a day give its highest pain, all its symptoms and its most distal place', () => {
  const [day] = summarise(
    [
      checkIn({ id: 'a', pain_now: 6, place: 'calf', sensations: ['tingling'] }),
      checkIn({ id: 'b', pain_now: 2, place: 'thigh', sensations: ['tingling', 'weakness'] }),
      checkIn({ id: 'c', pain_now: null, place: null, sensations: null }),
    ],
    ['2026-03-01'],
  );
  expect(day).toEqual({ date: '2026-03-01', pain: 6, nerve: 1, place: 'calf' });
});
