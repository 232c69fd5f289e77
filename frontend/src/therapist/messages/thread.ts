/** What a thread shows of what was done. */
import type { Message } from '../../data/api/types.ts';
import { date, t } from '../../i18n/index.svelte.ts';

type Deed = Message['deeds'][0];

/** Whether nobody has acted on a message of the patient's. */
export const isOpen = ({ from_patient, deeds }: Message): boolean =>
  from_patient && !deeds.at(-1)?.what;

export const isUnread = ({ from_patient, read_at }: Message): boolean =>
  from_patient && read_at === null;

const WHEN = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
export const when = (at: string): string => date(at, WHEN);

/** "Called the patient by Irene Soto, 27 Nov, 09:12" */
export function deedWords({ what, by, cover_for, at }: Deed): string {
  const who = cover_for
    ? t('caseload:byCover', { name: by, absent: cover_for })
    : t('therapist:alerts.by', { name: by });
  const done = what ? t(`therapist:messages.done.${what}`) : t('therapist:messages.takenBack');
  return `${done} ${who}, ${when(at)}`;
}

const LATE_MS = 10 * 60_000;

/** When a message arrived, where it was written long before. */
export const arrivedLate = ({ written_at, sent_at }: Message): boolean =>
  written_at !== null && Date.parse(sent_at) - Date.parse(written_at) > LATE_MS;
