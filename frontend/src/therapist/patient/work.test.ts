import { expect, test } from 'vitest';
import type { CheckIn, Diary, ExerciseSession, Plan } from '../../data/api/types.ts';
import { byExercise, isNervous, tally } from './work.ts';

const plans = [
  { items: [{ id: 'b', exercise_key: 'glide' }] },
  {
    items: [
      { id: 'a', exercise_key: 'stretch' },
      { id: 'a2', exercise_key: 'stretch' },
    ],
  },
] as unknown as Plan[];
const NOW = new Date('2026-03-10T12:00:00Z');

const session = (day: number, item: string | null, told: Partial<ExerciseSession> = {}) =>
  ({
    id: `${day} ${item}`,
    plan_item_id: item,
    side: 'left',
    local_date: `2026-03-0${day}`,
    happened_at: `2026-03-0${day}T18:00:00+00:00`,
    pain_during: null,
    sensations: null,
    stopped_early: null,
    ...told,
  }) as ExerciseSession;
const checkIn = (day: number, hour: string, pain_now: number) =>
  ({
    id: `c${day} ${hour}`,
    local_date: `2026-03-0${day}`,
    happened_at: `2026-03-0${day}T${hour}:00:00+00:00`,
    made_at: `2026-03-0${day}T${hour}:00:00+00:00`,
    pain_now,
  }) as CheckIn;
const diary = (exercise_sessions: ExerciseSession[], check_ins: CheckIn[] = []): Diary => ({
  check_ins,
  exercise_sessions,
});

test('one exercise stays one through new versions of the plan, a side apart, the last done first', () => {
  const found = byExercise(
    diary([
      session(1, 'a'),
      session(2, 'a2'),
      session(3, 'a2', { side: 'right' }),
      session(4, 'b'),
      session(5, 'gone'),
    ]),
    plans,
    NOW,
  );
  expect(found.map(({ exercise, side, done }) => [exercise, side, done.length])).toEqual([
    [null, 'left', 1],
    ['glide', 'left', 1],
    ['stretch', 'right', 1],
    ['stretch', 'left', 2],
  ]);
  expect(found[3]?.done.map(({ session: { id } }) => id)).toEqual(['2 a2', '1 a']);
});

test('the tally counts what was said and leaves out what was not', () => {
  const [work] = byExercise(
    diary(
      [
        session(1, 'a', { pain_during: 2, sensations: ['dull_stretch'] }),
        session(3, 'a', { pain_during: 5, sensations: ['tingling'], stopped_early: 'worse' }),
        session(5, 'a', { stopped_early: 'nerve_symptoms' }),
        session(7, 'a'),
      ],
      [
        checkIn(1, '09', 4),
        checkIn(2, '08', 3),
        checkIn(3, '09', 3),
        checkIn(4, '08', 5),
        checkIn(5, '09', 4),
        checkIn(6, '08', 4),
        checkIn(7, '09', 4),
      ],
    ),
    plans,
    NOW,
  );
  expect(tally(work!)).toEqual({
    times: 4,
    pain: 3.5,
    nervous: 2,
    stopped: 2,
    mornings: { better: 1, same: 1, worse: 1, unknown: 1 },
  });
});

test('a mean of nothing is nothing, not zero', () => {
  const [work] = byExercise(diary([session(1, 'a')]), plans, NOW);
  expect(tally(work!).pain).toBeNull();
});

test('the one-tap stop says nerve without naming which', () => {
  expect(isNervous(session(1, 'a', { stopped_early: 'nerve_symptoms' }))).toBe(true);
  expect(isNervous(session(1, 'a', { stopped_early: 'pain', sensations: [] }))).toBe(false);
});
