/** How the numbers of alerts are put: counts where there are few, shares and times where they say something. */
import type { Quality, QualityRow } from '../../data/api/types.ts';
import { count, t } from '../../i18n/index.svelte.ts';

const DAY_HOURS = 24;
/** From here on nobody thinks in hours any more. */
const DAYS_FROM = 48;

/** "83 %", or "5 of 6" where a percentage would say more than there is. */
export function share(n: number, of: number, least: number): string {
  if (of === 0) return t('quality:nothing');
  return of < least
    ? t('quality:ofCount', { n, of })
    : count(n / of, { style: 'percent', maximumFractionDigits: 0 });
}

/** Hours as people say them; a dash where there are too few to say. */
export function wait(hours: number | null): string {
  if (hours === null) return '–';
  const [value, unit] =
    hours < 1
      ? [hours * 60, 'minute']
      : hours < DAYS_FROM
        ? [hours, 'hour']
        : [hours / DAY_HOURS, 'day'];
  return count(value, {
    style: 'unit',
    unit,
    maximumFractionDigits: unit === 'minute' || value >= 10 ? 0 : 1,
  });
}

/** Alerts for each week of a patient; null without such a week. */
export function perWeek(alerts: number, { patient_weeks }: Quality): number | null {
  return patient_weeks > 0 ? alerts / patient_weeks : null;
}

export function rate(value: number | null, digits = 2): string {
  return value === null
    ? '–'
    : count(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const NO_WAIT = { count: 0, median: null, p95: null };
const NOTHING: QualityRow = {
  of: 'all',
  kind: null,
  severity: null,
  alerts: 0,
  seen: NO_WAIT,
  acknowledged: NO_WAIT,
  resolved: 0,
  ended: 0,
  discharged: 0,
  outcomes: {},
  acted_on: 0,
  useful: 0,
  not_useful: 0,
  useful_or_acted_on: 0,
  a_day_old: 0,
  acknowledged_within_day: 0,
  two_days_old: 0,
  closed_within_two_days: 0,
};

/** All alerts, the urgent ones or the others; of what there is none, a row of none. */
export function rowOf(quality: Quality, of: 'all' | 'urgent' | 'others'): QualityRow {
  return quality.rows.find((row) => row.of === of) ?? { ...NOTHING, of };
}

/** What is closed, by a person, by itself or with the care. */
export const closed = (row: QualityRow): number => row.resolved + row.ended + row.discharged;
export const unsaid = (row: QualityRow): number => row.resolved - row.useful - row.not_useful;

export function nameOf(row: QualityRow): string {
  if (row.of !== 'kind' || !row.kind || !row.severity)
    return t(`quality:table.${row.of === 'kind' ? 'all' : row.of}`);
  return `${t(`therapist:alerts.kind.${row.kind}`)}, ${t(`therapist:alerts.severity.${row.severity}`)}`;
}
