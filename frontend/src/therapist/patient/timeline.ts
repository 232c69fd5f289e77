import type { Day } from '../../data/api/types.ts';
import { NERVE_COUNTED } from '../../domain/vocabulary.ts';

/** The days on which there is something to tell, newest first. A plain logged day is on the chart. */
export function eventfulDays(days: readonly Day[]): Day[] {
  return days.filter(isEventful).reverse();
}

function isEventful(day: Day): boolean {
  return (
    day.notes.length > 0 ||
    day.sessions > 0 ||
    day.stopped_early > 0 ||
    day.clock_wrong ||
    (day.red_flags ?? []).length > 0 ||
    (day.sensations ?? []).some(isAlarming)
  );
}

/** Nerve symptoms and weakness; a dull stretch is what exercise feels like. */
export const isAlarming = (sensation: NonNullable<Day['sensations']>[number]): boolean =>
  sensation === 'weakness' || NERVE_COUNTED.includes(sensation);
