/** The clinic's rules for alerts while they are being typed, and what keeps them from being saved. */
import type { PolicyBody } from '../../data/api/types.ts';

export type Draft = PolicyBody;
export interface Flaw {
  code: 'never' | 'missing' | 'order';
  /** 0, Monday, to 6; null for the week as a whole. */
  day: number | null;
}

/** A time field knows no 24:00: the end of a day is its midnight. */
const MIDNIGHT = '24:00';
export const asField = (closes: string): string => (closes === MIDNIGHT ? '00:00' : closes);
export const asEnd = (typed: string): string => (typed === '00:00' ? MIDNIGHT : typed);

export const USUAL = { opens: '09:00', closes: '17:00' } as const;

/** After what is there already: the afternoon after a morning. */
export function nextSpan(spans: Draft['week'][number]): Draft['week'][number][number] {
  const last = spans.at(-1);
  if (!last) return { ...USUAL };
  const hour = Number(last.closes.slice(0, 2));
  const opens = Math.min(hour + 1, 22);
  const closes = Math.min(opens + 4, 23);
  const wall = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return { opens: wall(opens), closes: wall(closes) };
}

export function flawsOf({ week }: Draft): Flaw[] {
  if (week.every((spans) => spans.length === 0)) return [{ code: 'never', day: null }];
  return week.flatMap((spans, day): Flaw[] => {
    const times = spans.flatMap(({ opens, closes }) => [opens, closes]);
    if (times.some((time) => !time)) return [{ code: 'missing', day }];
    const inOrder = times.every((time, at) => at === 0 || (times[at - 1] ?? '') < time);
    return inOrder ? [] : [{ code: 'order', day }];
  });
}

/** What may be chosen; what is kept stays among it, whoever set it. */
export function choices(offered: readonly number[], kept: number): number[] {
  return [...new Set([...offered, kept])].sort((a, b) => a - b);
}
