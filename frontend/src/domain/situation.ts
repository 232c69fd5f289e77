/** From diary entries to what the safety table asks about, and to what today still allows. */
import type { CheckIn, ExerciseSession, Plan, PlanItem, Side } from '../data/api/types.ts';
import { addDays } from './days.ts';
import { ACTIONS, STRETCH_STOPPERS, decide, type Decision, type Situation } from './safety.ts';
import type { Sensation } from './vocabulary.ts';

const LOSSES: readonly Sensation[] = ['numbness', 'weakness'];
/** A loss counts as new when the four weeks before knew none; the server reckons alike. */
const NEW_AFTER_DAYS = 28;

export interface Context {
  plan: Plan | null;
  /** The leg of the episode. */
  side: Side;
  checkIns: readonly CheckIn[];
  sessions: readonly ExerciseSession[];
}

/** The plan's nerve glide for this leg; one for the other leg is none. */
export function glideFor(plan: Plan | null, side: Side): PlanItem | null {
  const fits = (item: PlanItem) =>
    item.kind === 'nerve_glide' && (item.side === 'both' || item.side === side);
  return plan?.items.find(fits) ?? null;
}

/** Whether a numbness or weakness named on `day` was not known from the days before; null without any. */
export function isLossNew(
  sensations: readonly Sensation[] | null,
  day: string,
  { checkIns, sessions }: Pick<Context, 'checkIns' | 'sessions'>,
): boolean | null {
  const losses = LOSSES.filter((loss) => sensations?.includes(loss));
  if (losses.length === 0) return null;
  const oldest = addDays(day, -NEW_AFTER_DAYS);
  const known = new Set(
    [...checkIns, ...sessions]
      .filter(({ local_date }) => local_date >= oldest && local_date < day)
      .flatMap((entry) => entry.sensations ?? []),
  );
  return losses.some((loss) => !known.has(loss));
}

export function ofCheckIn(entry: CheckIn, context: Context): Situation {
  return {
    exercise: null,
    sensations: entry.sensations,
    worse: null,
    loss_is_new: isLossNew(entry.sensations, entry.local_date, context),
    red_flags: entry.red_flags,
    glide_in_plan: glideFor(context.plan, context.side) !== null,
  };
}

export function ofSession(session: ExerciseSession, context: Context): Situation {
  const item = context.plan?.items.find(({ id }) => id === session.plan_item_id);
  const unnamed = session.stopped_early === 'nerve_symptoms' && session.sensations === null;
  const sensations = unnamed ? STRETCH_STOPPERS : session.sensations;
  return {
    // An item that has left the plan is read as a stretch: the kind with the strictest reading but one.
    exercise: item?.kind ?? 'static_stretch',
    sensations,
    worse: session.stopped_early === null ? null : session.stopped_early === 'worse',
    loss_is_new: isLossNew(sensations, session.local_date, context),
    red_flags: null,
    glide_in_plan: glideFor(context.plan, session.side) !== null,
  };
}

/** The most severe decision of the day's entries, or null where all say "carry on". */
export function verdictOf(day: string, context: Context): Decision | null {
  const decisions = [
    ...context.checkIns.filter(isOf(day)).map((entry) => decide(ofCheckIn(entry, context))),
    ...context.sessions.filter(isOf(day)).map((entry) => decide(ofSession(entry, context))),
  ];
  const [worst] = decisions
    .filter(({ action }) => action !== 'continue')
    .sort((a, b) => severity(b) - severity(a));
  return worst ?? null;
}

const isOf =
  (day: string) =>
  ({ local_date }: { local_date: string }) =>
    local_date === day;

const severity = ({ action, stops_today }: Decision) =>
  2 * ACTIONS.indexOf(action) + Number(stops_today);

/** What may still be done today: everything, the glide alone, or nothing. */
export function allowed(item: PlanItem, verdict: Decision | null): boolean {
  if (!verdict) return true;
  if (verdict.stops_today) return false;
  return verdict.offers_glide ? item.kind === 'nerve_glide' : true;
}
