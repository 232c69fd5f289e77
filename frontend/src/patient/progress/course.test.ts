import { expect, test } from 'vitest';
import type { CheckIn, ExerciseSession } from '../../data/api/types.ts';
import { course } from './course.ts';

const said = (over: Partial<CheckIn>) =>
  ({
    id: over.note ?? 'a',
    revises: null,
    withdrawn: false,
    made_at: '2026-03-01T08:00:00Z',
    local_date: '2026-03-01',
    pain_now: 3,
    pain_worst: null,
    place: null,
    sensations: [],
    red_flags: null,
    note: null,
    ...over,
  }) as CheckIn;
const done = (stopped_early: ExerciseSession['stopped_early']) =>
  ({ local_date: '2026-03-01', stopped_early }) as ExerciseSession;

test('a day shows its worst pain, warning signs, notes and exercises', () => {
  const [day, empty] = course(
    [
      said({ pain_worst: 6, note: 'stairs' }),
      said({ pain_worst: 4, red_flags: ['both_legs'], note: 'bus' }),
    ],
    [done(null), done('pain')],
    ['2026-03-01', '2026-03-02'],
  );
  expect(day).toMatchObject({
    pain: 3,
    pain_worst: 6,
    red_flags: ['both_legs'],
    sessions: 2,
    stopped_early: 1,
  });
  expect(day?.notes?.sort()).toEqual(['bus', 'stairs']);
  expect(empty).toMatchObject({ pain: null, pain_worst: null, nerve: null, sessions: 0 });
});
