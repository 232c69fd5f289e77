/** The diary as it counts: of every entry its last revision, by day. */
import type { CheckIn, ExerciseSession, Place, Sensation } from '../data/api/types.ts';
import { NERVE_COUNTED, PLACES } from './vocabulary.ts';

type Revised = Pick<CheckIn | ExerciseSession, 'id' | 'revises' | 'withdrawn' | 'made_at'>;

/** Of several revisions the greatest (made_at, id) counts; a withdrawn entry is gone. In order of making. */
export function current<E extends Revised>(entries: readonly E[]): E[] {
  const last = new Map<string, E>();
  for (const entry of entries) {
    const original = entry.revises ?? entry.id;
    const known = last.get(original);
    if (!known || isLater(entry, known)) last.set(original, entry);
  }
  return [...last.values()]
    .filter((entry) => !entry.withdrawn)
    .sort((a, b) => (isLater(a, b) ? 1 : -1));
}

function isLater(a: Revised, b: Revised): boolean {
  const [at, bt] = [Date.parse(a.made_at), Date.parse(b.made_at)];
  return at === bt ? a.id > b.id : at > bt;
}

export interface DiaryDay {
  date: string;
  pain: number | null;
  /** How many of tingling, burning, shooting and numbness, 0-4; null when nobody answered. */
  nerve: number | null;
  place: Place | null;
}

/**
 * What each day says, for the days asked for; a day without check-ins is all null, never zero. Several
 * check-ins of one day add up as they do on the server: the highest pain, every symptom named.
 */
export function summarise(checkIns: readonly CheckIn[], days: readonly string[]): DiaryDay[] {
  const entries = current(checkIns);
  return days.map((date) => {
    const ofDay = entries.filter((entry) => entry.local_date === date);
    const pains = ofDay.flatMap(({ pain_now }) => pain_now ?? []);
    return {
      date,
      pain: pains.length ? Math.max(...pains) : null,
      nerve: nerveCount(ofDay),
      place: mostDistal(ofDay.map((entry) => entry.place)),
    };
  });
}

function nerveCount(entries: readonly CheckIn[]): number | null {
  const answered = entries.flatMap((entry) => (entry.sensations ? [entry.sensations] : []));
  if (answered.length === 0) return null;
  const felt = new Set<Sensation>(answered.flat());
  return NERVE_COUNTED.filter((sensation) => felt.has(sensation)).length;
}

function mostDistal(places: readonly (Place | null)[]): Place | null {
  const depth = Math.max(-1, ...places.map((place) => (place ? PLACES.indexOf(place) : -1)));
  return PLACES[depth] ?? null;
}

/** Days on which the patient logged anything at all. */
export function loggedDays(
  checkIns: readonly CheckIn[],
  sessions: readonly ExerciseSession[],
): Set<string> {
  return new Set([...current(checkIns), ...current(sessions)].map((entry) => entry.local_date));
}
