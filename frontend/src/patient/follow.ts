/** Where an exercise session leads to when it is over. */
import type { ExerciseSession } from '../data/api/types.ts';
import { today } from '../domain/days.ts';
import { decide } from '../domain/safety.ts';
import { ofSession } from '../domain/situation.ts';
import type { PatientDiary } from './diary.svelte.ts';

/**
 * The path of the stop screen, or null where the safety table says "carry on". New numbness or weakness is
 * also entered as a check-in: a session has no room for the red-flag question, and its symptoms alone raise
 * no alert at the clinic.
 */
export async function follow(
  diary: PatientDiary,
  session: ExerciseSession,
): Promise<string | null> {
  const decision = decide(ofSession(session, diary.context));
  if (decision.action === 'continue') return null;
  // Under the id of the original: a change of the entry leaves the patient on the same screen.
  if (!decision.asks_red_flags) return `/stop/${session.revises ?? session.id}`;
  const past = session.local_date !== today();
  const report = await diary.addCheckIn(
    {
      pain_now: null,
      pain_worst: null,
      place: null,
      sensations: session.sensations,
      changes_with: null,
      red_flags: null,
      note: null,
    },
    past ? new Date(session.happened_at) : undefined,
  );
  return `/stop/${report.id}`;
}
