/**
 * The thread with the clinic as this phone knows it: what the clinic has, and what waits here. Apart from the
 * outbox, since a start does without.
 */
import type { Letter, Message, Refusal } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import { find, isOurs, type Standing } from './outbox.ts';

/** Newest first. A message that was written here looks like any other before the clinic has it. */
export function threadOf(
  known: readonly Message[],
  letters: readonly Letter[],
  author: string,
): Message[] {
  const there = new Set(known.map(({ id }) => id));
  const here = letters
    .filter(({ id }) => !there.has(id))
    .map(({ id, text, written_at }) => ({
      id,
      text,
      written_at,
      from_patient: true,
      by: author,
      sent_at: written_at,
      read_at: null,
      read_by: null,
      deeds: [],
    }));
  return [...known, ...here].sort((a, b) => Date.parse(b.sent_at) - Date.parse(a.sent_at));
}

export type Whereabouts =
  | { at: 'refused'; reason: Refusal }
  | { at: 'phone' }
  | { at: 'sent' }
  | { at: 'read'; by: string; when: string }
  | { at: 'done'; what: NonNullable<Message['deeds'][0]['what']>; by: string; when: string };

/** How far a message of the patient's has come. What was taken back was not done. */
export function whereabouts(message: Message, { waiting, refused }: Standing): Whereabouts {
  const { id, read_at, read_by, deeds } = message;
  const no = refused.find((one) => one.id === id);
  if (no) return { at: 'refused', reason: no.reason };
  if (waiting.includes(id)) return { at: 'phone' };
  const last = deeds.at(-1);
  if (last?.what) return { at: 'done', what: last.what, by: last.by, when: last.at };
  if (read_at && read_by) return { at: 'read', by: read_by, when: read_at };
  return { at: 'sent' };
}

/** Takes a message back that the server cannot have; false if it may have it, and nothing is changed. */
export function takeBack(store: PhoneStore, account: string, messageId: string): Promise<boolean> {
  return store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    const queued = await find(tx, account, messageId);
    if (!queued || !isOurs(queued)) return false;
    await tx.objectStore('outbox').delete(queued.seq);
    await tx.objectStore('entries').delete(messageId);
    return true;
  });
}
