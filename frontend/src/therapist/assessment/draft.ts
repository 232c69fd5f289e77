import type { Assessment, AssessmentBody } from '../../data/api/types.ts';

export const SIDES = ['left', 'right'] as const;
export type TestedSide = (typeof SIDES)[number];
type Leg = Assessment[TestedSide];

/** As the form has it; '' is "not tested", or "not tried" for the neck. */
export interface LegDraft {
  slr: '' | 'symptom' | 'free';
  angle: number | null;
  slump: '' | 'negative' | 'positive';
  eased: '' | 'yes' | 'no';
}
export interface Draft {
  on: string;
  left: LegDraft;
  right: LegDraft;
  note: string;
}
export type Problem =
  { field: 'on' } | { field: 'angle'; side: TestedSide } | { field: 'everything' };

export const MOST_DEGREES = 120;

const untested = (): LegDraft => ({ slr: '', angle: null, slump: '', eased: '' });

export function blank(today: string): Draft {
  return { on: today, left: untested(), right: untested(), note: '' };
}

export function draftOf({ assessed_on, left, right, note }: Assessment): Draft {
  return { on: assessed_on, left: legDraft(left), right: legDraft(right), note: note ?? '' };
}

function legDraft({ slr, slump }: Leg): LegDraft {
  const eased = slump?.eased_by_neck ?? null;
  return {
    slr: slr ? (slr.symptom ? 'symptom' : 'free') : '',
    angle: slr?.angle ?? null,
    slump: slump ? (slump.positive ? 'positive' : 'negative') : '',
    eased: eased === null ? '' : eased ? 'yes' : 'no',
  };
}

/** What has to be mended before it can be recorded. */
export function problems(draft: Draft, today: string): Problem[] {
  const found: Problem[] = [];
  if (draft.on === '' || draft.on > today) found.push({ field: 'on' });
  for (const side of SIDES) {
    if (draft[side].slr && !isAngle(draft[side].angle)) found.push({ field: 'angle', side });
  }
  const tested = SIDES.some((side) => draft[side].slr || draft[side].slump);
  if (!tested && !draft.note.trim()) found.push({ field: 'everything' });
  return found;
}

const isAngle = (angle: number | null): angle is number =>
  angle !== null && Number.isInteger(angle) && angle >= 0 && angle <= MOST_DEGREES;

/** Of a draft without problems. `revises` is the first one's id where this is a correction. */
export function bodyOf(draft: Draft, revises: string | null): AssessmentBody {
  return {
    revises,
    withdrawn: false,
    assessed_on: draft.on,
    left: legOf(draft.left),
    right: legOf(draft.right),
    note: draft.note.trim() || null,
  };
}

/** What takes an assessment back: the same findings, said to be none. */
export function withdrawalOf({ id, assessed_on, left, right, note }: Assessment): AssessmentBody {
  return { revises: id, withdrawn: true, assessed_on, left, right, note };
}

function legOf({ slr, angle, slump, eased }: LegDraft): Leg {
  const tried = slump === 'positive' && eased !== '';
  return {
    slr: slr && angle !== null ? { angle, symptom: slr === 'symptom' } : null,
    slump: slump
      ? { positive: slump === 'positive', eased_by_neck: tried ? eased === 'yes' : null }
      : null,
  };
}
