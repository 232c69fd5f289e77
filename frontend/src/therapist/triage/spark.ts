import { overview } from '../../chart/days.ts';
import type { SparkDay } from '../../data/api/types.ts';
import { count, t } from '../../i18n/index.svelte.ts';

/** What a sparkline shows, in words. */
export function sparkWords(days: readonly SparkDay[]): string {
  const seen = overview(days);
  if (!seen.latest) return t('therapist:triage.sparkEmpty');
  return t('therapist:triage.spark', {
    logged: seen.logged,
    latest: count(seen.latest.pain),
    nerve: seen.nerveDays,
  });
}
