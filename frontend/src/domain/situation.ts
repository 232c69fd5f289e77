/** From diary entries to what the safety table asks about, and to what today still allows. */
import type { CheckIn, ExerciseSession, Plan, PlanItem, Side } from '../data/api/types.ts';
import { today } from './days.ts';
import {
  ACTIONS,
  STRETCH_STOPPERS,
  decide,
  lossIsNew,
  type Decision,
  type Situation,
} from './safety.ts';
import type { Sensation } from './vocabulary.ts';

export interface Context {
  plan: Plan | null;
  /** The leg of the episode. */
  side: Side;
  checkIns: readonly CheckIn[];
  sessions: readonly ExerciseSession[];
}

/**
 * The nerve glide that takes the place of an exercise in which the nerve of this leg was felt. `named` is what
 * the plan says of the exercise: the key of the glide, "rest", or null, which leaves it to the first glide for
 * the leg. One for the other leg is none. The server has the same rule and the same cases.
 */
export function glideFor<I extends Pick<PlanItem, 'exercise_key' | 'kind' | 'side'>>(
  plan: { items: readonly I[] } | null,
  side: Side,
  named: string | null,
): I | null {
  const fits = (item: I) =>
    item.kind === 'nerve_glide' &&
    (item.side === 'both' || item.side === side) &&
    (named === null || item.exercise_key === named);
  return plan?.items.find(fits) ?? null;
}

/** What the plan says of the exercise of a session; a plan that was kept before it could say so, nothing. */
export const namedFor = (plan: Plan | null, session: ExerciseSession | undefined): string | null =>
  plan?.items.find(({ id }) => id === session?.plan_item_id)?.on_nerve_flag ?? null;

/**
 * One report can be two entries: a session that was stopped, and the check-in that its questions led to.
 * Neither makes a loss known to the other, and what one of them answers holds for both.
 */
const ONE_REPORT_MS = 30 * 60_000;

type Dated = Pick<CheckIn | ExerciseSession, 'happened_at' | 'local_date' | 'sensations'>;

const at = (entry: Dated) => Date.parse(entry.happened_at);

function isLossNew(
  entry: Dated,
  sensations: readonly Sensation[] | null,
  { checkIns, sessions }: Context,
): boolean {
  const before = at(entry) - ONE_REPORT_MS;
  const earlier = [...checkIns, ...sessions].filter((other) => at(other) <= before);
  return lossIsNew(sensations, entry.local_date, earlier);
}

export function ofCheckIn(entry: CheckIn, context: Context): Situation {
  return {
    exercise: null,
    sensations: entry.sensations,
    worse: null,
    loss_is_new: isLossNew(entry, entry.sensations, context),
    red_flags: entry.red_flags,
    glide_in_plan: glideFor(context.plan, context.side, null) !== null,
  };
}

export function ofSession(session: ExerciseSession, context: Context): Situation {
  const item = context.plan?.items.find(({ id }) => id === session.plan_item_id);
  const unnamed = session.stopped_early === 'nerve_symptoms' && session.sensations === null;
  const sensations = unnamed ? STRETCH_STOPPERS : session.sensations;
  const answer = context.checkIns.find(
    (entry) => entry.red_flags && Math.abs(at(entry) - at(session)) < ONE_REPORT_MS,
  );
  return {
    // An item that has left the plan is read as a stretch, the kind that the rules say most about.
    exercise: item?.kind ?? 'static_stretch',
    sensations,
    worse: session.stopped_early === null ? null : session.stopped_early === 'worse',
    loss_is_new: isLossNew(session, sensations, context),
    red_flags: answer?.red_flags ?? null,
    glide_in_plan: glideFor(context.plan, session.side, namedFor(context.plan, session)) !== null,
  };
}

/** What a day's entries led to, the entry that it came from, and the glide that the plan names for it. */
export type Verdict = Decision & { entryId: string; named: string | null };

/** The most severe decision that holds on the day, or null where all say "carry on". */
export function verdictOf(day: string, context: Context): Verdict | null {
  const decided = <E extends CheckIn | ExerciseSession>(
    entries: readonly E[],
    situation: (entry: E, context: Context) => Situation,
    named: (entry: E) => string | null,
  ) =>
    entries.filter(concerns(day)).map((entry) => ({
      entry,
      decision: {
        ...decide(situation(entry, context)),
        entryId: entry.id,
        named: named(entry),
      },
    }));
  const [worst] = [
    ...decided(context.checkIns, ofCheckIn, () => null),
    ...decided(context.sessions, ofSession, (session) => namedFor(context.plan, session)),
  ]
    .filter(({ entry, decision }) => stops(decision, entry.local_date, day))
    .map(({ decision }) => decision)
    .sort((a, b) => severity(b) - severity(a));
  return worst ?? null;
}

/** What the day is about: its own entries, and those of an earlier day that were made or changed on it. */
const concerns = (day: string) => (entry: CheckIn | ExerciseSession) =>
  entry.local_date === day || (entry.local_date < day && today(new Date(entry.made_at)) === day);

/**
 * Whether a decision about an entry of `of` interrupts `day`. A tingling of last week says nothing of what may
 * be done today; a new numbness or a red flag counts from when it is told, whatever day it is about.
 */
export function stops({ action }: Decision, of: string, day: string): boolean {
  if (of === day) return action !== 'continue';
  return action === 'stop_and_tell' || action === 'emergency';
}

const severity = ({ action, stops_today }: Decision) =>
  2 * ACTIONS.indexOf(action) + Number(stops_today);

/** What may still be done today: everything, the glide alone, or nothing. */
export function allowed(item: PlanItem, verdict: Verdict | null): boolean {
  if (!verdict) return true;
  if (verdict.stops_today) return false;
  if (!verdict.offers_glide) return true;
  return (
    item.kind === 'nerve_glide' && (verdict.named === null || item.exercise_key === verdict.named)
  );
}
