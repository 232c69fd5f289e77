import type {
  MonitoringOutcome,
  MonitoringRecord,
  MonitoringWork,
  WorklistRow,
} from '../../data/api/types.ts';
import { count, date, t, time } from '../../i18n/index.svelte.ts';

const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const MONTH = { month: 'long', year: 'numeric' } as const;

export const dayWords = (day: string): string => date(day, DAY);
export const monthWords = (day: string): string => date(day, MONTH);

/** "98977 GP, 98981 GP CQ × 2", or why there is nothing. */
export function claimWords(outcome: MonitoringOutcome): string {
  return outcome.claims
    .map(({ code, units, modifiers }) =>
      [code, ...modifiers, ...(units > 1 ? [`× ${count(units)}`] : [])].join(' '),
    )
    .join(', ');
}

export const whyWords = (outcome: MonitoringOutcome): string[] =>
  outcome.why.map((why) => t(`monitoring:why.${why}`));

export const minuteWords = (seconds: number): string =>
  seconds < 60
    ? t('monitoring:seconds', { count: seconds })
    : t('monitoring:minutes', { count: Math.floor(seconds / 60) });

/** What one record says, in a line. */
export function recordWords(one: MonitoringRecord): string {
  if (one.kind === 'contact') {
    const at = one.happened_at ?? '';
    return [
      `${date(at, DAY)}, ${time(at)}`,
      t(`monitoring:channel.${one.channel ?? 'phone'}`),
      one.person ?? '',
    ].join(' · ');
  }
  const span =
    one.kind === 'physiologic'
      ? monthWords(one.first_on)
      : one.kind === 'plan_of_care' || one.kind === 'consent' || one.kind === 'biller'
        ? one.last_on
          ? t('monitoring:record.span', {
              first: dayWords(one.first_on),
              last: dayWords(one.last_on),
            })
          : t('monitoring:record.since', { first: dayWords(one.first_on) })
        : dayWords(one.first_on);
  const said = [
    span,
    one.given_by ? t(`monitoring:givenBy.${one.given_by}`) : '',
    one.understood === null
      ? ''
      : t(one.understood ? 'monitoring:understood' : 'monitoring:notUnderstood'),
    one.person ?? '',
  ];
  return said.filter(Boolean).join(' · ');
}

export const workWords = (one: MonitoringWork): string =>
  `${dayWords(one.day)}, ${time(one.started_at)} – ${time(one.ended_at)}`;

/** What is to be said of a row beside its state. */
export function standingWords(row: WorklistRow): string {
  if (row.prospect === 'ready') return t('monitoring:standing.ready', { count: row.days });
  if (row.prospect === 'no_activity') return t('monitoring:standing.none', { count: row.left });
  return t('monitoring:standing.needs', { days: row.days, count: row.needs, left: row.left });
}
