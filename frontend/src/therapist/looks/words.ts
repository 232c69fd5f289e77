/** What the audit trail says, in words; and as a table to keep. */
import type { Look } from '../../data/api/types.ts';
import { csv } from '../../data/csv.ts';
import { t, type MessageKey } from '../../i18n/index.svelte.ts';

/** What is newer than these words is at least shown by its name. */
export function actionWords(action: string): string {
  const key = `looks:action.${action.replaceAll(':', '_')}`;
  const words = t(key as MessageKey);
  return words === key ? action : words;
}

export function whoWords(look: Look): string {
  if (look.role === 'patient') return t('looks:patient');
  return look.by ?? t('looks:gone');
}

/** What makes an event stand out: turned away, not possible, in an emergency, for somebody else. */
export function marks(look: Look): string[] {
  return [
    ...(look.outcome === 'done' ? [] : [t(`looks:${look.outcome}`)]),
    ...(look.emergency ? [t('looks:emergency')] : []),
    ...(look.covering.length ? [t('looks:covering', { names: look.covering.join(', ') })] : []),
  ];
}

export function asCsv(looks: readonly Look[]): string {
  const header = [t('looks:when'), t('looks:who'), t('looks:what'), ''];
  const rows = looks.map((look) => [
    look.at,
    whoWords(look),
    actionWords(look.action),
    marks(look).join('; '),
  ]);
  return csv([header, ...rows]);
}
