import { line, symbol, symbolDiamond2, symbolTriangle } from 'd3-shape';
import { daysBetween } from '../domain/days.ts';
import { PLACES, type Place } from '../domain/vocabulary.ts';
import type { ChartDay } from './days.ts';

export interface Band {
  top: number;
  bottom: number;
}

export interface Frame {
  width: number;
  height: number;
  start: number;
  end: number;
  /** width of one day */
  step: number;
  /** baselines of the labels above the strips, where there are any */
  plans: number;
  onset: number;
  /** middle of the marks of notes and warning signs */
  marks: number;
  pain: Band;
  nerve: Band;
  place: Band;
  sessions: Band | null;
  tests: Band | null;
  /** baseline of the dates */
  dates: number;
}

const GUTTER = 30;
const EDGE = 10;
const TITLE = 20;

/** Which of its parts a chart has. */
export interface Parts {
  sessions: boolean;
  tests: boolean;
  plans: boolean;
  onset: boolean;
  marks: boolean;
}

/** Lays the strips of a symptom chart under each other; all lengths in px. */
export function frame(width: number, days: number, parts: Parts): Frame {
  const start = GUTTER;
  const end = Math.max(start + 1, width - EDGE);
  const step = (end - start) / Math.max(1, days);
  const plans = parts.plans ? 13 : 0;
  const onset = plans + (parts.onset ? 15 : 0);
  const marks = onset + (parts.marks ? 14 : 0);
  let y = marks;
  const band = (height: number): Band => {
    const top = y + TITLE;
    y = top + height;
    return { top, bottom: y };
  };
  const pain = band(width < 560 ? 150 : 190);
  y += 6;
  const nerve = band(40);
  y += 6;
  const place = band(60);
  y += 6;
  const sessions = parts.sessions ? band(26) : null;
  if (sessions) y += 6;
  const tests = parts.tests ? band(56) : null;
  const dates = y + 18;
  const height = dates + 6;
  return {
    width,
    height,
    start,
    end,
    step,
    plans,
    onset,
    marks,
    pain,
    nerve,
    place,
    sessions,
    tests,
    dates,
  };
}

/** Middle of day i. */
export const dayX = (f: Pick<Frame, 'start' | 'step'>, i: number): number =>
  f.start + (i + 0.5) * f.step;

/** The day under a point, kept inside the chart. */
export const dayAt = (f: Pick<Frame, 'start' | 'step'>, x: number, days: number): number =>
  Math.max(0, Math.min(days - 1, Math.floor((x - f.start) / f.step)));

/** d3-scale would do this too, for 9 kB: no other part of it is needed here. */
const linear =
  (most: number, zeroAt: number, mostAt: number) =>
  (value: number): number =>
    zeroAt + (value / most) * (mostAt - zeroAt);

/** A vertical scale with its largest value on top. */
export const upward = (band: Band, most: number) => linear(most, band.bottom, band.top);

/** Back on top, foot at the bottom, as on a body. */
export const placeScale = (band: Band) => linear(PLACES.length - 1, band.top, band.bottom);

interface Dot {
  i: number;
  x: number;
  y: number;
  value: number;
}

/** One dot per answered value; an unanswered day has none, a zero has one at zero. */
export function dots(
  values: readonly (number | null | undefined)[],
  x: (i: number) => number,
  y: (value: number) => number,
): Dot[] {
  return values.flatMap((value, i) =>
    value === null || value === undefined ? [] : [{ i, x: x(i), y: y(value), value }],
  );
}

/** A line that an unanswered day interrupts. A lone day yields no stroke: its dot stands for it. */
export function brokenLine(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y((value) => y(value ?? 0));
  return path(values) ?? '';
}

/** A line through all of them, however far apart: what is measured now and then. */
export const joined = (points: readonly Dot[]): string =>
  line<Dot>(
    ({ x }) => x,
    ({ y }) => y,
  )(points) ?? '';

/** Steps as wide as a day along the most distal place; broken where no place was given. */
export function placeSteps(days: readonly ChartDay[], f: Frame): string {
  const y = placeScale(f.place);
  const corners = days.flatMap((day, i) => {
    const level = day.place === null ? null : PLACES.indexOf(day.place);
    const left = f.start + i * f.step;
    return [
      [left, level],
      [left + f.step, level],
    ] as const;
  });
  const path = line<readonly [number, number | null]>()
    .defined(([, level]) => level !== null)
    .x(([x]) => x)
    .y(([, level]) => y(level ?? 0));
  return path(corners) ?? '';
}

export interface PlaceLabel {
  place: Place;
  x: number;
  y: number;
}

/** Names each place that stays long enough for its name to fit, and the last one in any case. */
export function placeLabels(days: readonly ChartDay[], f: Frame, labelWidth = 64): PlaceLabel[] {
  const y = placeScale(f.place);
  const named = days.flatMap((day, i) => (day.place === null ? [] : [{ i, place: day.place }]));
  const changes = named.filter(({ place }, n) => place !== named[n - 1]?.place);
  const labels = changes.flatMap(({ i, place }, n) => {
    const next = changes[n + 1]?.i ?? days.length;
    const fits = (next - i) * f.step >= labelWidth;
    const isLast = n === changes.length - 1;
    if (!fits && !isLast) return [];
    const x = Math.min(f.start + i * f.step, f.end - labelWidth);
    return [{ place, x, y: y(PLACES.indexOf(place)) }];
  });
  // The last one, moved to where there is room for it, does not lie on another.
  const last = labels.at(-1);
  return labels.filter((one) => one === last || one.x + labelWidth <= (last?.x ?? 0));
}

/** Diagonal strokes that fill a rectangle: a hatch without pattern ids, the same in print. */
export function hatch(x0: number, x1: number, band: Band, gap = 6): string {
  const width = x1 - x0;
  const height = band.bottom - band.top;
  const strokes: string[] = [];
  // Counting from a multiple of the gap keeps the strokes of neighbouring rectangles in line.
  const offset = gap - ((((x0 + band.top) % gap) + gap) % gap);
  for (let s = offset; s < width + height; s += gap) {
    const from = Math.max(0, s - width);
    const to = Math.min(height, s);
    strokes.push(
      `M${round(x0 + s - from)},${round(band.top + from)}L${round(x0 + s - to)},${round(band.top + to)}`,
    );
  }
  return strokes.join('');
}

const round = (n: number): number => Math.round(n * 10) / 10;

/** Outline of a diamond of the given half-diagonal, about its own middle (0.62625 is d3's ratio). */
export const diamond = (reach: number): string =>
  symbol(symbolDiamond2, (reach / 0.62625) ** 2)() ?? '';

export const triangle = (side: number): string =>
  symbol(symbolTriangle, (side * side * Math.sqrt(3)) / 4)() ?? '';

const TICK_DAYS = [1, 2, 7, 14, 28, 56, 112, 224];

/** Days that carry a date, counted back from the last one so that the newest is always named. */
export function dateTicks(days: number, step: number, room = 56): number[] {
  const every = TICK_DAYS.find((n) => n * step >= room) ?? days;
  const ticks: number[] = [];
  for (let i = days - 1; i >= 0; i -= every) ticks.unshift(i);
  return ticks;
}

export interface PlanLine {
  number: number;
  x: number;
  /** whether its label would run into the one before it, or out of the chart */
  crowded: boolean;
}

/** Vertical lines where plans begin; a plan older than the chart has none. */
export function planLines(
  plans: readonly { number: number; starts_on: string }[],
  first: string,
  days: number,
  f: Frame,
  labelWidth = 48,
): PlanLine[] {
  let free = 0;
  return plans
    .map((plan) => ({ number: plan.number, i: daysBetween(first, plan.starts_on) }))
    .filter(({ i }) => i >= 0 && i < days)
    .sort((a, b) => a.i - b.i)
    .map(({ number, i }) => {
      const x = f.start + i * f.step;
      const crowded = x < free || x + labelWidth > f.width;
      if (!crowded) free = x + labelWidth;
      return { number, x, crowded };
    });
}

/** Left and right edge of the days from `onset` to `until` that the chart shows, or null. */
export function onsetSpan(
  onset: string | null | undefined,
  until: string | null | undefined,
  first: string,
  days: number,
  f: Frame,
): { x0: number; x1: number } | null {
  if (!onset || days === 0) return null;
  const from = daysBetween(first, onset);
  const to = until ? daysBetween(first, until) : days - 1;
  if (to < 0 || from >= days) return null;
  return {
    x0: f.start + Math.max(0, from) * f.step,
    x1: f.start + Math.min(days, to + 1) * f.step,
  };
}
