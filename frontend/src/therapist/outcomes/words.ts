/** When a measure is asked, in words. */
import type { OfferedMeasure, UsedMeasure } from '../../data/api/types.ts';
import { date, t } from '../../i18n/index.svelte.ts';

const DAY = { day: 'numeric', month: 'long' } as const;
type Due = NonNullable<UsedMeasure['waiting']>;

export const occasionWords = ({ occasion, week }: Pick<Due, 'occasion' | 'week'>): string =>
  t(`outcomes:occasion.${occasion}`, { week });

const dueValues = (due: Due) => ({
  date: date(due.on, DAY),
  occasion: occasionWords(due).toLowerCase(),
});

/** What waits, or what comes next. */
export function standingWords({ waiting, overdue, next, running }: UsedMeasure): string {
  if (waiting) return t(`outcomes:${overdue ? 'overdue' : 'waiting'}`, dueValues(waiting));
  if (next) return t('outcomes:next', dueValues(next));
  return running ? t('outcomes:all') : '';
}

export function scheduleWords(
  measure: Pick<OfferedMeasure, 'at_intake' | 'weeks' | 'at_discharge'>,
): string {
  const when = [
    ...(measure.at_intake ? [t('outcomes:schedule.intake')] : []),
    ...(measure.weeks.length
      ? [
          t('outcomes:schedule.weeks', {
            count: measure.weeks.length,
            weeks: measure.weeks.join(', '),
          }),
        ]
      : []),
    ...(measure.at_discharge ? [t('outcomes:schedule.discharge')] : []),
  ];
  return t('outcomes:schedule.asked', { when: when.join(', ') });
}
