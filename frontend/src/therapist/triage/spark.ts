import { sparkFigures, type Spark } from '../../chart/spark.ts';
import { count, t } from '../../i18n/index.svelte.ts';

/** What a sparkline shows, in words. */
export function sparkWords(days: Spark): string {
  const { logged, latest, nerveDays } = sparkFigures(days);
  if (latest === null) return t('therapist:triage.sparkEmpty');
  return t('therapist:triage.spark', { logged, latest: count(latest), nerve: nerveDays });
}
