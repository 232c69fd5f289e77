/**
 * Four weeks in a thumbnail. Days come in short, a character each ("-" is "not said", "a" is ten), so that
 * hundreds of them cost little on the way and here.
 */
export interface Spark {
  pain: string;
  /** how many nerve sensations were named, 0-4 */
  nerve: string;
  /** rank of the most distal place */
  place: string;
}

const DAYS = 28;
const STEP = 5;
const LINE = { top: 3, bottom: 22 };
const MIDDLE = (LINE.top + LINE.bottom) / 2;
const FLAGS = 28;
const REACH = 2.6;
/** Around a day's rating, drawn with the line's own stroke: a disc three times as wide as the line. */
const DISC = 'm-1.6,0a1.6,1.6 0 1 0 3.2,0a1.6,1.6 0 1 0-3.2,0m1.2,0h.8';
const FLAG = `,${FLAGS - REACH}l${REACH},${REACH}-${REACH},${REACH}-${REACH}-${REACH}z`;

const GAP = '-';
const RATINGS = '0123456789a';
/** Written once: putting numbers into words is most of the work. */
const X = Array.from({ length: DAYS }, (_, day) => `${(day + 0.5) * STEP}`);
const Y = new Map(
  Array.from(RATINGS, (rating, pain) => [
    rating,
    (LINE.bottom - (pain / 10) * (LINE.bottom - LINE.top)).toFixed(1),
  ]),
);

const said = (line: string, day: number): boolean => (line[day] ?? GAP) !== GAP;

export interface SparkPaths {
  /** across the days on which nobody said anything, to be drawn as wide as the line is high */
  gaps: string;
  /** broken by every day without a rating; a rated day that no line touches is a dash, the last a disc */
  pain: string;
  /** a diamond on each day with a nerve symptom */
  flags: string;
}

export function sparkPaths({ pain, nerve, place }: Spark): SparkPaths {
  const paths: SparkPaths = { gaps: '', pain: '', flags: '' };
  let last = '';
  let silentFrom = -1;
  for (let day = 0; day <= pain.length; day += 1) {
    const rated = said(pain, day);
    const silent = day < pain.length && !rated && !said(nerve, day) && !said(place, day);
    if (silent && silentFrom < 0) silentFrom = day;
    if (!silent && silentFrom >= 0) {
      paths.gaps += `M${silentFrom * STEP},${MIDDLE}h${(day - silentFrom) * STEP}`;
      silentFrom = -1;
    }
    if (rated) {
      const at = `${X[day]},${Y.get(pain[day]!)}`;
      const before = said(pain, day - 1);
      paths.pain += `${before ? 'L' : 'M'}${at}`;
      if (!before && !said(pain, day + 1)) paths.pain += 'm-.6,0h1.2';
      last = `M${at}${DISC}`;
    }
    if (said(nerve, day) && nerve[day] !== '0') {
      paths.flags += `M${X[day]}${FLAG}`;
    }
  }
  paths.pain += last;
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
    if (said(pain, day)) figures.latest = RATINGS.indexOf(pain[day]!);
    if (said(pain, day) || said(nerve, day) || said(place, day)) figures.logged += 1;
    if (said(nerve, day) && nerve[day] !== '0') figures.nerveDays += 1;
  }
  return figures;
}
