/** Muscle or nerve, in words and never as a diagnosis; the same table as on the server. */
import {
  answers as answersOfTable,
  rules as rulesOfTable,
  signs as signsOfTable,
} from '../../../backend/glidepath/clinical/data/differentiate.json';
import { firstThatHolds, holds, type Clause, type Texts } from './tables.ts';
import { NERVE_SIGNS, type Place, type Sensation } from './vocabulary.ts';

export type Likely = 'muscle' | 'nerve' | 'unclear';

/** What the patient answered; null is "not answered" or, for `changes_with`, "not tested". */
export type Report = {
  sensations: readonly Sensation[] | null;
  place: Place | null;
  changes_with: readonly ('ankle' | 'neck')[] | null;
};

/** One reason. `points_to` "unclear" is a reason for neither side. */
export interface Sign {
  key: string;
  points_to: Likely;
  when: readonly Clause[];
  text: Texts;
}

export interface Differentiation {
  likely: Likely;
  rule: string;
  answer: { title: Texts; body: Texts };
  /** All the signs found, for and against, in the order of the table. */
  reasons: readonly Sign[];
}

interface Rule {
  key: string;
  when: readonly Clause[];
  likely: Likely;
}

const rules = rulesOfTable as readonly Rule[];
const signs = signsOfTable as readonly Sign[];
const answers: Record<Likely, Differentiation['answer']> = answersOfTable;

/** The first rule that holds, with every sign that was found. The place alone never decides. */
export function differentiate(report: Report): Differentiation {
  const rule = firstThatHolds(rules, report);
  return {
    likely: rule.likely,
    rule: rule.key,
    answer: answers[rule.likely],
    reasons: signs.filter(({ when }) => holds(when, report)),
  };
}

/** What the patient says after moving one joint alone; null is "not tested". */
export type TestAnswer = 'changed' | 'same' | 'unsure';
export type Tests = Record<'ankle' | 'neck', TestAnswer | null>;

/**
 * The tests as the diary keeps them. One that changed it is enough to be named; "neither" is said only when
 * both were done and neither did. Anything less is not known.
 */
export function changesWith(tests: Tests): ('ankle' | 'neck')[] | null {
  const joints = ['ankle', 'neck'] as const;
  const changed = joints.filter((joint) => tests[joint] === 'changed');
  const neither = joints.every((joint) => tests[joint] === 'same');
  return changed.length > 0 || neither ? changed : null;
}

/** What several answers say together, in the order of how sure they are of it. */
export type SoFar = 'ankle' | 'neck' | 'both' | 'neither' | 'mixed' | 'untested';

const NERVOUS: readonly Sensation[] = NERVE_SIGNS;
const BELOW_KNEE: readonly Place[] = ['calf', 'foot'];

/**
 * Only what was tested counts. That nothing changed speaks for the muscle only where nothing else speaks
 * against it; evidence for both sides stays evidence for both.
 */
export function soFar(reports: readonly Report[]): SoFar {
  const tested = reports.filter(({ changes_with }) => changes_with !== null);
  if (tested.length === 0) return 'untested';
  const changed = new Set(tested.flatMap(({ changes_with }) => changes_with ?? []));
  const same = tested.filter(({ changes_with }) => changes_with?.length === 0);
  if (changed.size === 0) return same.some(speaksForNerve) ? 'mixed' : 'neither';
  if (same.length > 0) return 'mixed';
  return changed.size === 2 ? 'both' : changed.has('ankle') ? 'ankle' : 'neck';
}

const speaksForNerve = ({ sensations, place }: Report): boolean =>
  Boolean(sensations?.some((one) => NERVOUS.includes(one))) ||
  (place !== null && BELOW_KNEE.includes(place));
