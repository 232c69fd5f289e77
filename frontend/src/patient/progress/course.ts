/** What the patient's own chart draws of each day. */
import type { ChartDay } from '../../chart/days.ts';
import type { CheckIn, ExerciseSession } from '../../data/api/types.ts';
import { summarise } from '../../domain/diary.ts';

export function course(
  checkIns: readonly CheckIn[],
  sessions: readonly ExerciseSession[],
  days: readonly string[],
): ChartDay[] {
  return summarise(checkIns, days).map((day) => {
    const asked = checkIns.filter(({ local_date }) => local_date === day.date);
    const done = sessions.filter(({ local_date }) => local_date === day.date);
    const worst = asked.flatMap(({ pain_worst }) => pain_worst ?? []);
    return {
      ...day,
      pain_worst: worst.length ? Math.max(...worst) : null,
      red_flags: asked.flatMap(({ red_flags }) => red_flags ?? []),
      notes: asked.flatMap(({ note }) => note ?? []),
      sessions: done.length,
      stopped_early: done.filter(({ stopped_early }) => stopped_early).length,
    };
  });
}
