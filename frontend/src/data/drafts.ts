/** Answers that were begun and not saved: sealed as all else, never sent, gone with their day. */
import type { PhoneStore } from './db.ts';
import { asDraftRow, openDraft, type Begun } from './rows.ts';

/** Where the account has left this phone there is no key any more, and nothing is kept. */
export async function keepDraft(
  store: PhoneStore,
  account: string,
  subject: string,
  day: string,
  begun: Begun,
): Promise<void> {
  const vault = await store.vault(account);
  if (!vault) return;
  const row = await asDraftRow(vault, subject, day, begun);
  await store.write(vault, ['drafts'], async (tx) => {
    await tx.objectStore('drafts').put(row);
  });
}

export async function dropDraft(
  store: PhoneStore,
  account: string,
  subject: string,
): Promise<void> {
  await store.transact(['drafts'], 'readwrite', (tx) =>
    tx.objectStore('drafts').delete([account, subject]),
  );
}

/** What was begun today about `subject`; the account's drafts of other days are removed. */
export async function draftOf(
  store: PhoneStore,
  account: string,
  subject: string,
  day: string,
): Promise<Begun | null> {
  const row = await store.transact(['drafts'], 'readwrite', async (tx) => {
    let cursor = await tx.objectStore('drafts').index('account').openCursor(account);
    for (; cursor; cursor = await cursor.continue()) {
      if (cursor.value.day !== day) await cursor.delete();
    }
    return tx.objectStore('drafts').get([account, subject]);
  });
  const vault = row && (await store.vault(account));
  return vault ? openDraft(vault, row) : null;
}
