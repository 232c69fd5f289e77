import { t } from '../i18n/index.svelte.ts';

/** What waits, by its name: "2 entries and 1 message". */
export function waitsWords(all: number, messages: number): string {
  const entries = t('patient:status.entries', { count: all - messages });
  const letters = t('patient:status.messages', { count: messages });
  if (messages === 0) return entries;
  return messages === all ? letters : t('patient:status.both', { entries, messages: letters });
}
