/** What the patient made: kept first, sent later, dropped from the outbox only when the server has it. */
import type { Refusal, SyncResult } from './api/types.ts';
import type { DiaryEntry, KeptEntry, PhoneStore, Transaction, Unsent } from './db.ts';

export type Outgoing = Unsent & { seq: number; item: DiaryEntry };

/** What the status line needs to know about one account's outbox. */
export interface Standing {
  unsent: number;
  oldest: string | null;
  refused: { item: DiaryEntry; reason: Refusal; queued_at: string }[];
}

/** Resolves once the entry is on the disk. Keeping an entry again under the same id changes nothing. */
export async function keep(store: PhoneStore, account: string, item: DiaryEntry): Promise<void> {
  await store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    if (await tx.objectStore('entries').get(item.entry.id)) return;
    await add(tx, account, item);
  });
}

async function add(tx: Transaction<'readwrite'>, account: string, item: DiaryEntry): Promise<void> {
  const id = item.entry.id;
  await tx.objectStore('entries').put({ ...item, id, account_id: account });
  await tx.objectStore('outbox').add({
    id,
    account_id: account,
    queued_at: item.entry.made_at,
    revision: 1,
    attempts: 0,
    refused: null,
  });
}

/**
 * Takes an entry back. One that the server cannot have seen disappears; of any other, `withdrawal` (a
 * revision of it, withdrawn) goes out, because an answer that was lost on the way looks like no answer.
 */
export async function undo(
  store: PhoneStore,
  account: string,
  entryId: string,
  withdrawal: DiaryEntry,
): Promise<void> {
  await store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    const row = await find(tx, account, entryId);
    if (row && (row.attempts === 0 || row.refused)) {
      await tx.objectStore('outbox').delete(row.seq);
      await tx.objectStore('entries').delete(entryId);
    } else {
      await add(tx, account, withdrawal);
    }
  });
}

/**
 * Changes an entry. One that the server cannot have, or refused, is changed in place and asks to be sent
 * (again); of any other, `revision` (a new entry that revises it) goes out. Returns the entry as kept.
 */
export async function amend(
  store: PhoneStore,
  account: string,
  entryId: string,
  revision: DiaryEntry,
): Promise<DiaryEntry> {
  return store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    const row = await find(tx, account, entryId);
    if (row && (row.attempts === 0 || row.refused)) {
      const before = await tx.objectStore('entries').get(entryId);
      const entry = { ...revision.entry, id: entryId, revises: before?.entry.revises ?? null };
      const changed = { kind: revision.kind, entry } as DiaryEntry;
      await tx.objectStore('entries').put({ ...changed, id: entryId, account_id: account });
      await tx.objectStore('outbox').put({ ...row, revision: row.revision + 1, refused: null });
      return changed;
    }
    await add(tx, account, revision);
    return revision;
  });
}

async function find(
  tx: Transaction<'readwrite'>,
  account: string,
  entryId: string,
): Promise<(Unsent & { seq: number }) | null> {
  const row = await tx.objectStore('outbox').index('entry').get(entryId);
  return row && row.account_id === account ? (row as Unsent & { seq: number }) : null;
}

/** The oldest unsent entries of the account, marked as attempted. Refused ones wait for the patient. */
export async function take(store: PhoneStore, account: string, limit: number): Promise<Outgoing[]> {
  return store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    const taken: Outgoing[] = [];
    let cursor = await tx.objectStore('outbox').index('account').openCursor(account);
    for (; cursor && taken.length < limit; cursor = await cursor.continue()) {
      if (cursor.value.refused) continue;
      const kept = await tx.objectStore('entries').get(cursor.value.id);
      // An entry without its row cannot be sent by anyone; its place in the queue would only block.
      if (!kept) {
        await cursor.delete();
        continue;
      }
      const row = { ...cursor.value, attempts: cursor.value.attempts + 1 };
      await cursor.update(row);
      taken.push({ ...row, seq: cursor.primaryKey, item: kept });
    }
    return taken;
  });
}

/** Applies the server's word on what was sent; returns how many of `sent` it answered. */
export async function settle(
  store: PhoneStore,
  sent: readonly Outgoing[],
  results: readonly Pick<SyncResult, 'id' | 'status' | 'reason'>[],
): Promise<number> {
  const answers = new Map(results.map((result) => [result.id, result]));
  return store.transact(['outbox'], 'readwrite', async (tx) => {
    const outbox = tx.objectStore('outbox');
    let settled = 0;
    for (const { seq, id, revision } of sent) {
      const answer = answers.get(id);
      if (!answer) continue;
      settled += 1;
      const row = await outbox.get(seq);
      // Changed, undone or sent by somebody else meanwhile: this answer is not about what stands here now.
      if (!row || row.revision !== revision) continue;
      if (answer.status === 'refused') {
        await outbox.put({ ...row, refused: answer.reason ?? UNEXPLAINED });
      } else {
        await outbox.delete(seq);
      }
    }
    return settled;
  });
}

const UNEXPLAINED: Refusal = {
  code: 'unexplained',
  message: {
    en: 'The clinic could not take this entry.',
    es: 'La clínica no ha podido recibir este registro.',
  },
};

/** Lets refused entries be sent again; the patient asked for it. */
export async function retryRefused(store: PhoneStore, account: string): Promise<void> {
  await store.transact(['outbox'], 'readwrite', async (tx) => {
    let cursor = await tx.objectStore('outbox').index('account').openCursor(account);
    for (; cursor; cursor = await cursor.continue()) {
      if (cursor.value.refused) await cursor.update({ ...cursor.value, refused: null });
    }
  });
}

export async function standing(store: PhoneStore, account: string): Promise<Standing> {
  return store.transact(['entries', 'outbox'], 'readonly', async (tx) => {
    const rows = await tx.objectStore('outbox').index('account').getAll(account);
    const waiting = rows.filter((row) => !row.refused);
    const refused: Standing['refused'] = [];
    for (const row of rows) {
      const item = row.refused && (await tx.objectStore('entries').get(row.id));
      if (item) refused.push({ item, reason: row.refused!, queued_at: row.queued_at });
    }
    return { unsent: waiting.length, oldest: waiting[0]?.queued_at ?? null, refused };
  });
}

/** Everything this phone knows of the account's diary, every revision. */
export async function history(store: PhoneStore, account: string): Promise<KeptEntry[]> {
  return store.transact(['entries'], 'readonly', (tx) =>
    tx.objectStore('entries').index('account').getAll(account),
  );
}

/** Removes all that this phone holds of the account, sent or not. */
export async function forget(store: PhoneStore, account: string): Promise<void> {
  await store.transact(['entries', 'outbox', 'care'], 'readwrite', async (tx) => {
    for (const name of ['entries', 'outbox'] as const) {
      let cursor = await tx.objectStore(name).index('account').openCursor(account);
      for (; cursor; cursor = await cursor.continue()) await cursor.delete();
    }
    await tx.objectStore('care').delete(account);
  });
}
