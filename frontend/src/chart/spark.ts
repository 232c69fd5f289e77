/**
 * Four weeks in a thumbnail. Days come in short, a character each ("-" is "not said", "a" is ten), so that
 * hundreds of them cost little on the way and here.
 */
import { hatch } from './geometry.ts';

export interface Spark {
  pain: string;
  /** how many nerve sensations were named, 0-4 */
  nerve: string;
  /** rank of the most distal place */
  place: string;
}

export const STEP = 5;
export const HEIGHT = 32;
const LINE = { top: 3, bottom: 22 };
const FLAGS = 28;
const REACH = 2.6;
export const FLOOR = LINE.bottom;

const GAP = '-';
const value = (sign: string): number => parseInt(sign, 16);
const said = (line: string, day: number): boolean => (line[day] ?? GAP) !== GAP;
const x = (day: number): number => (day + 0.5) * STEP;
const y = (pain: number): number => LINE.bottom - (pain / 10) * (LINE.bottom - LINE.top);

/** The same few stretches of silence come again in hundreds of rows. */
const hatched = new Map<number, string>();

function silence(from: number, to: number): string {
  const name = from * 100 + to;
  let strokes = hatched.get(name);
  if (strokes === undefined) {
    hatched.set(name, (strokes = hatch(from * STEP, to * STEP, LINE, 4)));
  }
  return strokes;
}

export interface SparkPaths {
  /** hatched where nobody said anything */
  gaps: string;
  /** broken by every day without a rating; a rated day that no line touches is a dash */
  pain: string;
  last: string;
  /** a diamond on each day with a nerve symptom */
  flags: string;
}

export function sparkPaths({ pain, nerve, place }: Spark): SparkPaths {
  const paths: SparkPaths = { gaps: '', pain: '', last: '', flags: '' };
  let silentFrom = -1;
  for (let day = 0; day <= pain.length; day += 1) {
    const rated = said(pain, day);
    const silent = day < pain.length && !rated && !said(nerve, day) && !said(place, day);
    if (silent && silentFrom < 0) silentFrom = day;
    if (!silent && silentFrom >= 0) {
      paths.gaps += silence(silentFrom, day);
      silentFrom = -1;
    }
    if (rated) {
      const at = `${x(day)},${y(value(pain[day]!))}`;
      const before = said(pain, day - 1);
      paths.pain += `${before ? 'L' : 'M'}${at}`;
      if (!before && !said(pain, day + 1)) paths.pain += 'm-.6,0h1.2';
      paths.last = `M${at}h0`;
    }
    if (said(nerve, day) && nerve[day] !== '0') {
      paths.flags += `M${x(day)},${FLAGS - REACH}l${REACH},${REACH}-${REACH},${REACH}-${REACH}-${REACH}z`;
    }
  }
  return paths;
}

export interface SparkFigures {
  logged: number;
  /** the newest rating */
  latest: number | null;
  nerveDays: number;
}

/** What a thumbnail's text alternative states. */
export function sparkFigures({ pain, nerve, place }: Spark): SparkFigures {
  const figures: SparkFigures = { logged: 0, latest: null, nerveDays: 0 };
  for (let day = 0; day < pain.length; day += 1) {
    if (said(pain, day)) figures.latest = value(pain[day]!);
    if (said(pain, day) || said(nerve, day) || said(place, day)) figures.logged += 1;
    if (said(nerve, day) && nerve[day] !== '0') figures.nerveDays += 1;
  }
  return figures;
}
