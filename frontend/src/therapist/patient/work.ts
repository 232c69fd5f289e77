import type { Diary, ExerciseSession, Plan } from '../../data/api/types.ts';
import { morningAfter, type MorningAfter } from '../../domain/mornings.ts';
import { NERVE_COUNTED } from '../../domain/vocabulary.ts';

/** One exercise on one side, whatever plan it stood on. */
export interface Work {
  /** null: on no plan that is known */
  exercise: string | null;
  side: ExerciseSession['side'];
  /** newest first */
  done: readonly Done[];
}
export interface Done {
  session: ExerciseSession;
  morning: MorningAfter;
}

/** Sessions by exercise and side; what was done last comes first. */
export function byExercise(diary: Diary, plans: readonly Plan[], now: Date): Work[] {
  const keys = new Map(
    plans.flatMap(({ items }) => items.map(({ id, exercise_key }) => [id, exercise_key] as const)),
  );
  const newest = diary.exercise_sessions.toSorted(
    (a, b) => Date.parse(b.happened_at) - Date.parse(a.happened_at),
  );
  const found = new Map<string, Work & { done: Done[] }>();
  for (const session of newest) {
    const exercise = keys.get(session.plan_item_id ?? '') ?? null;
    const name = `${exercise} ${session.side}`;
    const work = found.get(name) ?? { exercise, side: session.side, done: [] };
    const morning = morningAfter(session, diary.check_ins, diary.exercise_sessions, now);
    work.done.push({ session, morning });
    found.set(name, work);
  }
  return [...found.values()];
}

export const isNervous = ({ sensations, stopped_early }: ExerciseSession): boolean =>
  stopped_early === 'nerve_symptoms' ||
  (sensations ?? []).some((sensation) => NERVE_COUNTED.includes(sensation));

export interface Tally {
  times: number;
  /** mean of those that said; null where none did */
  pain: number | null;
  nervous: number;
  stopped: number;
  /** how the next morning was, against before; `unknown` also where one of the two was not said */
  mornings: Record<'better' | 'same' | 'worse' | 'unknown', number>;
}

export function tally({ done }: Work): Tally {
  const pains = done.flatMap(({ session }) => session.pain_during ?? []);
  const mornings = { better: 0, same: 0, worse: 0, unknown: 0 };
  for (const { morning } of done) mornings[answered(morning)] += 1;
  return {
    times: done.length,
    pain: pains.length ? pains.reduce((sum, pain) => sum + pain, 0) / pains.length : null,
    nervous: done.filter(({ session }) => isNervous(session)).length,
    stopped: done.filter(({ session }) => session.stopped_early !== null).length,
    mornings,
  };
}

function answered({ before, after }: MorningAfter): keyof Tally['mornings'] {
  if (before === null || after === null) return 'unknown';
  if (after === before) return 'same';
  return after < before ? 'better' : 'worse';
}
