/** The morning after: how the leg answered to an exercise, as soon as a night has passed. */
import type { CheckIn, ExerciseSession } from '../data/api/types.ts';
import { addDays, isOfWholeDay } from './days.ts';

export interface MorningAfter {
  /** Pain at the last check-in before the exercise; null when there was none within a day. */
  before: number | null;
  /** Pain on the next morning; null when nobody said. */
  after: number | null;
  /** The morning is still to come. */
  pending: boolean;
}

const A_DAY_MS = 24 * 3_600_000;
const at = (entry: Pick<CheckIn, 'happened_at'>) => Date.parse(entry.happened_at);
/** On the patient's own clock, as it is written in the entry. */
const inTheMorning = ({ happened_at }: CheckIn) => Number(happened_at.slice(11, 13)) < 12;

/**
 * The morning is the first check-in of the next day, if it is before noon and before the next exercise: what
 * comes later answers to other things as well. An entry about a whole day knows no time, and is neither.
 */
export function morningAfter(
  session: ExerciseSession,
  checkIns: readonly CheckIn[],
  sessions: readonly ExerciseSession[],
  now: Date,
): MorningAfter {
  const timed = checkIns
    .filter((entry) => entry.pain_now !== null && !isOfWholeDay(entry))
    .sort((a, b) => at(a) - at(b));
  const began = at(session);
  const before = timed.findLast((entry) => at(entry) < began && began - at(entry) <= A_DAY_MS);
  const next = addDays(session.local_date, 1);
  const exercised = sessions.filter(({ local_date }) => local_date === next).map(at);
  const after = timed.find(
    (entry) =>
      entry.local_date === next &&
      inTheMorning(entry) &&
      exercised.every((moment) => at(entry) < moment),
  );
  return {
    before: before?.pain_now ?? null,
    after: after?.pain_now ?? null,
    pending: !after && exercised.length === 0 && now < new Date(`${next}T12:00:00`),
  };
}
