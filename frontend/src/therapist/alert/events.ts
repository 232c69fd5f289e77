import type { Alert, AlertEvent } from '../../data/api/types.ts';
import { date, t } from '../../i18n/index.svelte.ts';

/** What happened to an alert, who did it and why, in words; `events` holds what an undo took back. */
export function eventWords(event: AlertEvent, events: readonly AlertEvent[]): string {
  const { because, outcome, useful } = event;
  const undone = events.find(({ id }) => id === event.undoes);
  const what = undone
    ? `${t('therapist:alerts.event.undone')}: ${deed(undone).toLowerCase()}`
    : deed(event);
  return [
    `${what} ${who(event)}`,
    ...(because ? [t(`therapist:alerts.because.${because}`)] : []),
    ...(outcome ? [t(`therapist:alerts.outcome.${outcome}`)] : []),
    ...(useful === null
      ? []
      : [t(useful ? 'therapist:alerts.wasUseful' : 'therapist:alerts.wasNotUseful')]),
  ].join('. ');
}

function who({ by, cover_for }: AlertEvent): string {
  if (!by) return t('therapist:alerts.automatic');
  return cover_for
    ? t('caseload:byCover', { name: by, absent: cover_for })
    : t('therapist:alerts.by', { name: by });
}

export const day = (value: string): string => date(value, { day: 'numeric', month: 'short' });

function deed({ kind, snoozed_until }: AlertEvent): string {
  const until = kind === 'snoozed' && snoozed_until;
  const words = t(`therapist:alerts.event.${kind}`);
  return until ? `${words} ${t('therapist:alerts.until', { date: day(until) })}` : words;
}

/** What was just done to an alert. */
export function doneWords({ kind, state, snoozed_until }: Alert): string {
  const values = {
    kind: t(`therapist:alerts.kind.${kind}`),
    date: snoozed_until ? date(snoozed_until) : '',
  };
  if (state === 'snoozed') return t('therapist:alerts.did.snoozed', values);
  if (state === 'resolved') return t('therapist:alerts.did.resolved', values);
  return t('therapist:alerts.did.acknowledged', values);
}
