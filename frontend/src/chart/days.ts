import { daysBetween, daysUntil } from '../domain/days.ts';
import { pausedOn, type PauseDays } from '../domain/pause.ts';
import type { Place } from '../domain/vocabulary.ts';

/** One calendar day of a diary. null is "not answered"; 0 and [] are answers. */
export interface ChartDay {
  date: string;
  pain: number | null;
  pain_worst?: number | null;
  /** how many of tingling, burning, shooting, numbness: 0-4 */
  nerve: number | null;
  place: Place | null;
  sessions?: number;
  stopped_early?: number;
  red_flags?: string[] | null;
  notes?: string[];
  /** alerts raised on the day, in words */
  alerts?: string[];
  /** nobody expected an entry: not the same as missing */
  paused?: boolean;
  /** what the therapist found on that day */
  tests?: Tests | null;
}

/** Of one leg; null is "not tested". `angle` in degrees of hip flexion. */
interface LegTests {
  slr: { angle: number; symptom: boolean } | null;
  slump: { positive: boolean } | null;
}
export type Tests = Record<'left' | 'right', LegTests>;

const missingDay = (date: string): ChartDay => ({ date, pain: null, nerve: null, place: null });

/** Every calendar day from the first to the last given one, in order; absent days hold nulls. */
export function calendar(days: readonly ChartDay[]): ChartDay[] {
  if (days.length === 0) return [];
  const known = new Map(days.map((day) => [day.date, day]));
  const dates = [...known.keys()].sort();
  const last = dates.at(-1)!;
  return daysUntil(last, daysBetween(dates[0]!, last) + 1).map(
    (date) => known.get(date) ?? missingDay(date),
  );
}

/** The days with those of a pause marked, on which nothing was answered. */
export function markPauses<D extends ChartDay>(
  days: readonly D[],
  pauses: readonly PauseDays[] | undefined,
): D[] {
  if (!pauses?.length) return [...days];
  return days.map((day) =>
    isMissing(day) && pausedOn(pauses, day.date) ? { ...day, paused: true } : day,
  );
}

/** Whether the day holds no answer at all. */
export const isMissing = (day: ChartDay): boolean =>
  day.pain === null && day.nerve === null && day.place === null;

export interface Span {
  /** index of the first day */
  from: number;
  /** index of the last day, included */
  to: number;
}

/** Runs of neighbouring days that satisfy the test. */
export function spans(days: readonly ChartDay[], test: (day: ChartDay) => boolean): Span[] {
  const found: Span[] = [];
  days.forEach((day, i) => {
    if (!test(day)) return;
    const last = found.at(-1);
    if (last && last.to === i - 1) last.to = i;
    else found.push({ from: i, to: i });
  });
  return found;
}

export interface Overview {
  days: number;
  logged: number;
  /** newest logged pain, and its day */
  latest: { date: string; pain: number } | null;
  lowest: number | null;
  highest: number | null;
  nerveDays: number;
}

/** The figures that a chart's text alternative states. */
export function overview(days: readonly ChartDay[]): Overview {
  const pains = days.flatMap((day) =>
    day.pain === null ? [] : [{ date: day.date, pain: day.pain }],
  );
  const values = pains.map((day) => day.pain);
  return {
    days: days.length,
    logged: days.filter((day) => !isMissing(day)).length,
    latest: pains.at(-1) ?? null,
    lowest: values.length ? Math.min(...values) : null,
    highest: values.length ? Math.max(...values) : null,
    nerveDays: days.filter((day) => (day.nerve ?? 0) > 0).length,
  };
}

/** The day's worst rating where it tells more than the rating of the moment, which can be the later one. */
export function worstBeyond({ pain, pain_worst: worst = null }: ChartDay): number | null {
  return worst !== null && pain !== null && worst > pain ? worst : null;
}
