import type { Criterion, PlanItemBody } from '../../data/api/types.ts';
import { t } from '../../i18n/index.svelte.ts';
import { weekdayNames } from '../../patient/today/often.ts';
import { REST } from './items.ts';

/** "2 × hold 30 s, rest 10 s, every day". */
export function doseWords(item: Omit<PlanItemBody, 'exercise_key' | 'side'>): string {
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
    daysWords(item),
  ].join(' · ');
}

function daysWords({ days_per_week, weekdays }: Pick<PlanItemBody, 'days_per_week' | 'weekdays'>) {
  if (days_per_week === 7) return t('therapist:plan.everyDay');
  return weekdays ? weekdayNames(weekdays) : t('therapist:plan.days', { count: days_per_week });
}

/** What takes the place of a stretch when the nerve is felt; nothing where the plan leaves it open. */
export function replacedBy(
  { on_nerve_flag }: Pick<PlanItemBody, 'on_nerve_flag'>,
  titleOf: (key: string) => string,
): string {
  if (on_nerve_flag === null) return '';
  return on_nerve_flag === REST
    ? t('therapist:plan.restsInstead')
    : t('therapist:plan.replacedBy', { exercise: titleOf(on_nerve_flag) });
}

/** "Worst pain 3 or less and no nerve symptom for 7 days, 5 of them logged: Hamstring curl". */
export function criterionWords(
  { pain_most: pain, no_nerve, days, logged_least: logged, item }: Criterion,
  titleOf: (key: string) => string,
): string {
  const rule = t(no_nerve ? 'therapist:plan.ifCalm' : 'therapist:plan.ifPain', {
    pain,
    days,
    logged,
  });
  return `${rule}: ${titleOf(item.exercise_key)} (${doseWords(item)})`;
}
