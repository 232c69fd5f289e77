/**
 * What a symptom leads to, decided on the phone, also offline. The table is the one that the server
 * decides by again; importing it by names leaves its cases out of the bundle.
 */
import {
  loss_known_days as lossKnownDays,
  outcomes as outcomesOfTable,
  rules as rulesOfTable,
} from '../../../backend/glidepath/clinical/data/safety.json';
import { firstThatHolds, type Clause, type Texts } from './tables.ts';
import { NERVE_LOSS, type RedFlag, type Sensation } from './vocabulary.ts';

/** From the mildest to the most severe. */
export const ACTIONS = ['continue', 'stop_and_switch', 'stop_and_tell', 'emergency'] as const;
export type Action = (typeof ACTIONS)[number];

/** What is known when a symptom is reported; null is "not answered" or "not asked". */
export type Situation = {
  /** The kind of exercise; null at a check-in. */
  exercise: 'static_stretch' | 'nerve_glide' | 'strength' | 'control' | 'mobility' | null;
  sensations: readonly Sensation[] | null;
  /** The symptoms grew during the exercise. */
  worse: boolean | null;
  /** The numbness or weakness named here is not known from earlier entries; null counts as new. */
  loss_is_new: boolean | null;
  red_flags: readonly RedFlag[] | null;
  /** The current plan has a nerve glide to offer: see `glideFor`. */
  glide_in_plan: boolean;
};

export interface Outcome {
  action: Action;
  /** No more exercise today. */
  stops_today: boolean;
  /** Only the nerve glide is left today. */
  offers_glide: boolean;
  /** The therapist gets to see it; `alert` names what is raised at once. */
  tells_therapist: boolean;
  asks_red_flags: boolean;
  alert: 'red_flag' | 'nerve_loss' | null;
  title: Texts;
  /** That of an emergency holds the placeholder {number} for the emergency number. */
  body: Texts;
}

/** An outcome, and the keys of the rule and the outcome that it came from. */
export interface Decision extends Outcome {
  rule: string;
  outcome: string;
}

interface Rule {
  key: string;
  when: readonly Clause[];
  outcome: keyof typeof outcomesOfTable;
}

const rules = rulesOfTable as readonly Rule[];
const outcomes = outcomesOfTable as Record<Rule['outcome'], Outcome>;

/** What the one-tap button "It tingles, burns or shoots" stands for. */
export const STRETCH_STOPPERS: readonly Sensation[] = ['tingling', 'burning', 'shooting'];

/** The most severe rule that holds. There always is one. */
export function decide(situation: Situation): Decision {
  const rule = firstThatHolds(rules, situation);
  return { ...outcomes[rule.outcome], rule: rule.key, outcome: rule.outcome };
}

/**
 * Whether any numbness or weakness named on that day ("YYYY-MM-DD") is not known from the entries
 * before it. `earlier` in any order; later entries, and those of more than four weeks ago, make
 * nothing known.
 */
export function lossIsNew(
  sensations: readonly Sensation[] | null,
  on: string,
  earlier: readonly { local_date: string; sensations: readonly Sensation[] | null }[],
): boolean {
  const daysBefore = (date: string) => (Date.parse(on) - Date.parse(date)) / 86_400_000;
  const known = new Set(
    earlier
      .filter((entry) => entry.local_date <= on && daysBefore(entry.local_date) <= lossKnownDays)
      .flatMap((entry) => entry.sensations ?? []),
  );
  return NERVE_LOSS.some((loss) => sensations?.includes(loss) && !known.has(loss));
}
