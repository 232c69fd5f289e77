/** The table as a file: counts and hours, so that a share is nobody's but the reader's. */
import { csv, type Cell } from '../../data/csv.ts';
import type { Outcome, Quality } from '../../data/api/types.ts';
import { t } from '../../i18n/index.svelte.ts';
import { nameOf, perWeek, unsaid } from './figures.ts';

export const OUTCOMES = [
  'called',
  'plan_changed',
  'referred',
  'advice_given',
  'appointment',
  'no_action',
] as const satisfies readonly Outcome[];

const rounded = (value: number | null, digits: number): Cell =>
  value === null ? null : Number(value.toFixed(digits));

export function asCsv(quality: Quality): string {
  const header = [
    t('quality:table.kind'),
    t('quality:table.alerts'),
    t('quality:table.perWeek'),
    t('quality:csv.seen'),
    t('quality:csv.seenMedian'),
    t('quality:csv.seenP95'),
    t('quality:csv.acknowledged'),
    t('quality:csv.ackMedian'),
    t('quality:csv.ackP95'),
    t('quality:table.resolved'),
    t('quality:csv.ended'),
    t('quality:table.actedOn'),
    ...OUTCOMES.map((outcome) => t(`therapist:alerts.outcome.${outcome}`)),
    t('quality:csv.yes'),
    t('quality:csv.no'),
    t('quality:csv.unsaid'),
  ];
  const rows = quality.rows.map((row) => [
    nameOf(row),
    row.alerts,
    rounded(perWeek(row.alerts, quality), 3),
    ...[row.seen, row.acknowledged].flatMap(({ count, median, p95 }) => [
      count,
      rounded(median, 2),
      rounded(p95, 2),
    ]),
    row.resolved,
    row.ended,
    row.acted_on,
    ...OUTCOMES.map((outcome) => row.outcomes[outcome] ?? 0),
    row.useful,
    row.not_useful,
    unsaid(row),
  ]);
  return csv([header, ...rows]);
}
