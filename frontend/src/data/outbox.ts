/** What the patient made: kept first, sent later, dropped from the outbox only when the server has it. */
import { withOffset } from '../domain/days.ts';
import type { Refusal, SyncResult } from './api/types.ts';
import { KeyChanged, type PhoneStore } from './db.ts';
import { asEntryRow, openEntry } from './rows.ts';
import type { DiaryEntry, Item, KeptEntry, Transaction, Unsent } from './tables.ts';
import type { Vault } from './vault.ts';

type Queued = Unsent & { seq: number };
export type Outgoing = Queued & { item: Item };

/** What the status line needs to know about one account's outbox. */
export interface Standing {
  unsent: number;
  /** How many of them are messages; the others are entries of the diary. */
  messages: number;
  oldest: string | null;
  /** The ids of what is unsent. */
  waiting: readonly string[];
  refused: { id: string; kind: Item['kind']; reason: Refusal; queued_at: string }[];
}

/**
 * Resolves once the entry is on the disk. Keeping an entry again under the same id changes nothing. What was
 * a `draft` of it goes in the same moment: it must neither be lost nor be offered again.
 */
export async function keep(
  store: PhoneStore,
  account: string,
  item: Item,
  draft: string | null = null,
): Promise<void> {
  await sealed(store, account, async (vault) => {
    const row = await asEntryRow(vault, item);
    await store.write(vault, ['entries', 'outbox', 'drafts'], async (tx) => {
      if (!(await tx.objectStore('entries').getKey(row.id))) await add(tx, row, item);
      if (draft) await tx.objectStore('drafts').delete([account, draft]);
    });
  });
}

/** Once more with the new key, if the account left this phone and came back while `work` was sealing. */
async function sealed<T>(
  store: PhoneStore,
  account: string,
  work: (vault: Vault) => Promise<T>,
): Promise<T> {
  try {
    return await work(await store.vaultForWriting(account));
  } catch (error) {
    if (!(error instanceof KeyChanged)) throw error;
    return work(await store.vaultForWriting(account));
  }
}

async function add(tx: Transaction<'readwrite'>, row: KeptEntry, item: Item): Promise<void> {
  await tx.objectStore('entries').put({ ...row, made_here: true });
  const made_at = 'made_at' in item.entry ? item.entry.made_at : item.entry.written_at;
  await queue(tx, row.account_id, item, { queued_at: made_at, attempts: 0 });
}

async function queue(
  tx: Transaction<'readwrite'>,
  account: string,
  { kind, entry: { id } }: Item,
  since: Pick<Unsent, 'queued_at' | 'attempts'>,
): Promise<void> {
  await tx
    .objectStore('outbox')
    .add({ id, account_id: account, kind, revision: 1, refused: null, ...since });
}

/**
 * Lets those of `lacking` be sent once more that were written on this phone and are not waiting already; the
 * order is that of `lacking`. The server may have them after all, so that they count as sent before.
 */
export async function offerAgain(
  tx: Transaction<'readwrite'>,
  account: string,
  lacking: readonly DiaryEntry[],
): Promise<number> {
  let offered = 0;
  for (const item of lacking) {
    const kept = await tx.objectStore('entries').get(item.entry.id);
    if (!kept?.made_here || (await find(tx, account, item.entry.id))) continue;
    await queue(tx, account, item, { queued_at: withOffset(new Date()), attempts: 1 });
    offered += 1;
  }
  return offered;
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
  await sealed(store, account, async (vault) => {
    const row = await asEntryRow(vault, withdrawal);
    await store.write(vault, ['entries', 'outbox'], async (tx) => {
      const queued = await find(tx, account, entryId);
      if (queued && isOurs(queued)) {
        await tx.objectStore('outbox').delete(queued.seq);
        await tx.objectStore('entries').delete(entryId);
      } else {
        await add(tx, row, withdrawal);
      }
    });
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
  draft: string | null = null,
): Promise<DiaryEntry> {
  return sealed(store, account, async (vault) => {
    const before = await store.transact(['entries'], 'readonly', (tx) =>
      tx.objectStore('entries').get(entryId),
    );
    const entry = { ...revision.entry, id: entryId, revises: before?.revises ?? null };
    const changed = { kind: revision.kind, entry } as DiaryEntry;
    // Which of the two it is shows only inside the transaction, where it is too late for sealing.
    const inPlace = await asEntryRow(vault, changed);
    const added = await asEntryRow(vault, revision);
    return store.write(vault, ['entries', 'outbox', 'drafts'], async (tx) => {
      if (draft) await tx.objectStore('drafts').delete([account, draft]);
      const queued = await find(tx, account, entryId);
      if (!queued || !isOurs(queued)) {
        await add(tx, added, revision);
        return revision;
      }
      await tx.objectStore('entries').put({ ...inPlace, made_here: true });
      await tx
        .objectStore('outbox')
        .put({ ...queued, revision: queued.revision + 1, refused: null });
      return changed;
    });
  });
}

/** Whether the phone alone has the entry: it was never sent, or the server would not have it. */
export const isOurs = ({ attempts, refused }: Unsent) => attempts === 0 || refused !== null;

export async function find(
  tx: Transaction<'readwrite'>,
  account: string,
  entryId: string,
): Promise<Queued | null> {
  const row = await tx.objectStore('outbox').index('entry').get(entryId);
  return row && row.account_id === account ? (row as Queued) : null;
}

/** The oldest unsent entries of the account, marked as attempted. Refused ones wait for the patient. */
export async function take(store: PhoneStore, account: string, limit: number): Promise<Outgoing[]> {
  const taken = await store.transact(['entries', 'outbox'], 'readwrite', async (tx) => {
    const found: [Queued, KeptEntry][] = [];
    let cursor = await tx.objectStore('outbox').index('account').openCursor(account);
    for (; cursor && found.length < limit; cursor = await cursor.continue()) {
      if (cursor.value.refused) continue;
      const kept = await tx.objectStore('entries').get(cursor.value.id);
      // An entry without its row cannot be sent by anyone; its place in the queue would only block.
      if (!kept) {
        await cursor.delete();
        continue;
      }
      const row = { ...cursor.value, attempts: 1, seq: cursor.primaryKey };
      // Written once, not with every try: Chromium throws a whole database away if it is killed between two
      // writes, comes back, and comes back again.
      if (cursor.value.attempts === 0) await cursor.update(row);
      found.push([row, kept]);
    }
    return found;
  });
  if (taken.length === 0) return [];
  const items = await opened(
    store,
    account,
    taken.map(([, kept]) => kept),
  );
  const readable = taken.flatMap(([row], at) => {
    const item = items[at];
    return item ? [{ ...row, item }] : [];
  });
  if (readable.length) return readable;
  // Nothing of this can be opened; it must not hold up those behind it, nor vanish without a word.
  await settle(
    store,
    taken.map(([row]) => row),
    taken.map(([{ id }]) => ({ id, status: 'refused', reason: UNOPENABLE })),
  );
  return take(store, account, limit);
}

/** A whole diary opened at once would hold a slow phone up. */
const AT_ONCE = 100;

async function opened(
  store: PhoneStore,
  account: string,
  rows: readonly KeptEntry[],
): Promise<(Item | null)[]> {
  if (rows.length === 0) return [];
  const vault = await store.vault(account);
  const items: (Item | null)[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    if (from) await new Promise((resume) => setTimeout(resume));
    const some = rows.slice(from, from + AT_ONCE);
    items.push(...(await Promise.all(some.map((row) => vault && openEntry(vault, row)))));
  }
  return items;
}

/** Applies the server's word on what was sent; returns how many of `sent` it answered. */
export async function settle(
  store: PhoneStore,
  sent: readonly Queued[],
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
    en: 'The clinic could not take this.',
    es: 'La clínica no lo ha podido recibir.',
  },
};

const UNOPENABLE: Refusal = {
  code: 'unopenable',
  message: {
    en: 'This phone can no longer read this.',
    es: 'Este teléfono ya no puede leerlo.',
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
    for (const { id, refused: reason, queued_at } of rows) {
      const kept = reason && (await tx.objectStore('entries').get(id));
      if (kept) refused.push({ id, kind: kept.kind, reason, queued_at });
    }
    let messages = 0;
    for (const { id, kind } of waiting) {
      const known = kind ?? (await tx.objectStore('entries').get(id))?.kind;
      if (known === 'message') messages += 1;
    }
    return {
      unsent: waiting.length,
      messages,
      oldest: waiting[0]?.queued_at ?? null,
      waiting: waiting.map(({ id }) => id),
      refused,
    };
  });
}

/** Everything this phone knows of the account's diary, every revision. */
export async function history(store: PhoneStore, account: string): Promise<DiaryEntry[]> {
  return (await everything(store, account)).filter(isOfDiary);
}

/** The same, and the messages and the answers that were written here. */
export async function everything(store: PhoneStore, account: string): Promise<Item[]> {
  const rows = await store.transact(['entries'], 'readonly', (tx) =>
    tx.objectStore('entries').index('account').getAll(account),
  );
  // A row that does not open is left out here; the next pull brings the server's copy of it.
  return (await opened(store, account, rows)).filter((item) => item !== null);
}

/** What the server has not confirmed, refused or not, in the order in which it was made. */
export async function unsent(store: PhoneStore, account: string): Promise<Item[]> {
  const rows = await store.transact(['entries', 'outbox'], 'readonly', async (tx) => {
    const queued = await tx.objectStore('outbox').index('account').getAll(account);
    return Promise.all(queued.map(({ id }) => tx.objectStore('entries').get(id)));
  });
  const kept = rows.filter((row) => row !== undefined);
  return (await opened(store, account, kept)).filter((item) => item !== null);
}

export const isOfDiary = (item: Item): item is DiaryEntry => 'revises' in item.entry;
