import type { PlanItem } from '../../data/api/types.ts';
import { SIDE_LABELS } from '../../domain/labels.ts';
import { minutesOf } from '../../domain/phases.ts';
import { say, t } from '../../i18n/index.svelte.ts';

/** What the patient is asked for, part by part: "Left leg", "Hold 30 seconds", "3 sets", "about 4 minutes". */
export function doseParts(item: PlanItem): string[] {
  return [
    say(SIDE_LABELS[item.side]),
    ...(item.hold_seconds ? [t('exercise:dose.hold', { seconds: item.hold_seconds })] : []),
    ...(item.repetitions ? [t('exercise:dose.repetitions', { count: item.repetitions })] : []),
    item.kind === 'static_stretch' && item.side === 'both'
      ? t('exercise:dose.setsPerLeg', { count: item.sets })
      : t('exercise:dose.sets', { count: item.sets }),
    t('patient:today.minutes', { count: minutesOf(item) }),
  ];
}
