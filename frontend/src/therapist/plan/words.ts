import type { PlanItem } from '../../data/api/types.ts';
import { t } from '../../i18n/index.svelte.ts';

/** "2 × hold 30 s, rest 10 s, every day". */
export function doseWords(
  item: Pick<PlanItem, 'sets' | 'repetitions' | 'hold_seconds' | 'rest_seconds' | 'days_per_week'>,
): string {
  const work = [
    ...(item.repetitions === null
      ? []
      : [t('therapist:plan.repetitions', { count: item.repetitions })]),
    ...(item.hold_seconds === null
      ? []
      : [t('therapist:plan.hold', { seconds: item.hold_seconds })]),
  ].join(', ');
  return [
    `${t('therapist:plan.sets', { sets: item.sets })} ${work}`,
    t('therapist:plan.rest', { seconds: item.rest_seconds }),
    item.days_per_week === 7
      ? t('therapist:plan.everyDay')
      : t('therapist:plan.days', { count: item.days_per_week }),
  ].join(' · ');
}
