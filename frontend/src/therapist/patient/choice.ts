import type { Alert, Need } from '../../data/api/types.ts';
import { daysBetween } from '../../domain/days.ts';

export const RANGES = [28, 90, 'all'] as const;
export type Range = (typeof RANGES)[number];

/** Days before a change that a reader needs to see it as one. */
const LEAD_DAYS = 7;

/** The shortest period that shows the change from before its onset; 28 days without an onset. */
export function rangeFor(onset: string | null | undefined, lastDay: string): Range {
  const needed = onset ? daysBetween(onset, lastDay) + 1 + LEAD_DAYS : 0;
  return RANGES.find((days) => days !== 'all' && needed <= days) ?? 'all';
}

const SEVERITIES: readonly Alert['severity'][] = ['urgent', 'high', 'moderate', 'low'];

/** What an alert calls for, as the list would say; nothing more once it is resolved. */
export function needOf({
  state,
  kind,
  severity,
}: Pick<Alert, 'state' | 'kind' | 'severity'>): Need {
  if (state === 'resolved') return 'steady';
  if (kind === 'quiet' || kind === 'not_improving') return kind;
  return severity === 'urgent' ? 'urgent' : 'worsening';
}

/**
 * What still waits for an outcome, or is in somebody's hands: most severe first, newest first among equals,
 * and what is snoozed after all the others.
 */
export function unresolved(alerts: readonly Alert[], held: ReadonlySet<string>): Alert[] {
  return alerts
    .filter((alert) => alert.state !== 'resolved' || held.has(alert.id))
    .sort(
      (a, b) =>
        Number(a.state === 'snoozed') - Number(b.state === 'snoozed') ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        Date.parse(b.opened_at) - Date.parse(a.opened_at),
    );
}
