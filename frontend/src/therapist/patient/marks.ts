import { calendar, type ChartDay, type Tests } from '../../chart/days.ts';
import type { Alert, Assessment, Day } from '../../data/api/types.ts';
import { addDays } from '../../domain/days.ts';

/** A first examination lies shortly before the first entry; an older one would stretch the chart. */
const SHORTLY = 14;

/** The diary's days with what was found on them; of several examinations on a day, the last recorded. */
export function withTests(
  days: readonly Day[],
  assessments: readonly Assessment[],
): readonly ChartDay[] {
  const first = days[0]?.date;
  if (!first) return days;
  const since = addDays(first, -SHORTLY);
  const found = new Map<string, Tests>();
  // Newest first, so that the last one put in is kept only where there is no newer one.
  for (const { assessed_on, left, right } of assessments) {
    if (assessed_on >= since && !found.has(assessed_on)) found.set(assessed_on, { left, right });
  }
  if (found.size === 0) return days;
  const known = new Map<string, ChartDay>(days.map((day) => [day.date, day]));
  for (const [date, tests] of found) {
    const day = known.get(date) ?? { date, pain: null, nerve: null, place: null };
    known.set(date, { ...day, tests });
  }
  return calendar([...known.values()]);
}

/** The days with the alerts that were raised on them, in words; an alert of a day before all others is left out. */
export function withAlerts(
  days: readonly ChartDay[],
  alerts: readonly Pick<Alert, 'kind' | 'raised_on'>[],
  words: (kind: Alert['kind']) => string,
): readonly ChartDay[] {
  const raised = new Map<string, string[]>();
  for (const { kind, raised_on } of alerts) {
    raised.set(raised_on, [...(raised.get(raised_on) ?? []), words(kind)]);
  }
  return days.map((day) => {
    const told = raised.get(day.date);
    return told ? { ...day, alerts: told } : day;
  });
}
