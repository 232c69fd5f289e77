/** Texts that several screens need in the same shape. */
import { date, t } from '../i18n/index.svelte.ts';
import { addDays } from '../domain/days.ts';

/** The words under the numbers of a pain scale. */
export const painWords = (): Record<string, string> => ({
  0: t('patient:checkIn.words.0'),
  3: t('patient:checkIn.words.3'),
  5: t('patient:checkIn.words.5'),
  7: t('patient:checkIn.words.7'),
  10: t('patient:checkIn.words.10'),
});

export function dayWords(day: string, today: string): string {
  if (day === today) return t('today');
  if (day === addDays(today, -1)) return t('yesterday');
  return date(day);
}
