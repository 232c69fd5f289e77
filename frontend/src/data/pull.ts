/** Brings back what the server knows: the care plan, and the diary of this or another phone. */
import { addDays, today } from '../domain/days.ts';
import { api } from './api/client.ts';
import type { Care, Diary } from './api/types.ts';
import { KeyChanged, type PhoneStore } from './db.ts';
import { everything, isOfDiary, offerAgain } from './outbox.ts';
import { asCareRow, asEntryRow, openCare } from './rows.ts';
import type { DiaryEntry } from './tables.ts';
import type { Vault } from './vault.ts';

const LATER_PULL_DAYS = 30;

/**
 * The whole diary at first, its last days from then on; whether it brought anything new. Throws ApiError, and KeyChanged if the account left
 * this phone meanwhile; what was kept before stays as it was.
 */
export async function pull(
  store: PhoneStore,
  account: string,
  stopped: AbortSignal,
): Promise<boolean> {
  // The key comes first: what arrives after a sign-out must find no place to stay.
  const vault = await store.vaultForWriting(account);
  if (stopped.aborted) throw new KeyChanged('Signed out.');
  const before = await store.transact(['care'], 'readonly', (tx) =>
    tx.objectStore('care').get(account),
  );
  const since = before?.diary_pulled_at ? addDays(today(), -LATER_PULL_DAYS) : null;
  const [care, diary] = await Promise.all([api.care(), api.diary(since)]);
  return merge(store, vault, care, diary, since);
}

/**
 * Keeps every revision that the server sends; an entry of our own that waits to be sent is not touched. What
 * is kept as it comes is left alone: a full diary sealed and written anew at each start would hold a phone up.
 * What was read here is told until the server no longer has it as unread; a message that was written here
 * comes back with the care.
 *
 * `diary` is all that the server has from the day `since` on (null: of all days). What was written here, has been
 * delivered and is not there was lost at the clinic, as by a restore from last night's backup: it waits to be
 * sent once more. Returns whether anything was new.
 */
export async function merge(
  store: PhoneStore,
  vault: Vault,
  care: Care,
  diary: Diary,
  since: string | null = null,
): Promise<boolean> {
  const items: DiaryEntry[] = [
    ...diary.check_ins.map((entry) => ({ kind: 'check_in' as const, entry })),
    ...diary.exercise_sessions.map((entry) => ({ kind: 'exercise_session' as const, entry })),
  ];
  const here = await everything(store, vault.account);
  const there = new Set(items.map(({ entry }) => entry.id));
  const lacking = here
    .filter(isOfDiary)
    .filter(({ entry }) => !there.has(entry.id) && (since === null || entry.local_date >= since))
    .sort((one, other) => Date.parse(one.entry.made_at) - Date.parse(other.entry.made_at));
  const kept = new Map(here.map(({ entry }) => [entry.id, JSON.stringify(entry)]));
  const letters = new Set(here.flatMap(({ kind, entry }) => (kind === 'message' ? entry.id : [])));
  const arrived = care.messages.flatMap(({ id }) => (letters.has(id) ? id : []));
  const news = items.filter(({ entry }) => kept.get(entry.id) !== JSON.stringify(entry));
  const careBefore = await readCare(store, vault.account);
  const careRow =
    JSON.stringify(careBefore) === JSON.stringify(care)
      ? null
      : await asCareRow(vault, care, new Date().toISOString());
  const rows = await Promise.all(news.map((item) => asEntryRow(vault, item)));
  const unread = new Set(care.messages.flatMap(({ id, read_at }) => (read_at ? [] : id)));
  return store.write(vault, ['entries', 'outbox', 'readings', 'care'], async (tx) => {
    const queued = await tx.objectStore('outbox').index('account').getAll(vault.account);
    const waiting = new Set(queued.map(({ id }) => id));
    const entries = tx.objectStore('entries');
    await Promise.all(
      rows
        .filter(({ id }) => !waiting.has(id))
        .map(async (row) => {
          const before = await entries.get(row.id);
          await entries.put(before?.made_here ? { ...row, made_here: true } : row);
        }),
    );
    const offered = await offerAgain(tx, vault.account, lacking);
    for (const id of arrived) if (!waiting.has(id)) await entries.delete(id);
    if (careRow) await tx.objectStore('care').put(careRow);
    const readings = tx.objectStore('readings');
    const told = (await readings.index('account').getAllKeys(vault.account)).filter(
      (id) => !unread.has(id),
    );
    for (const id of told) await readings.delete(id);
    return rows.length > 0 || careRow !== null || told.length > 0 || offered > 0;
  });
}

export async function readCare(store: PhoneStore, account: string): Promise<Care | null> {
  const row = await store.transact(['care'], 'readonly', (tx) =>
    tx.objectStore('care').get(account),
  );
  const vault = row && (await store.vault(account));
  return vault ? openCare(vault, row) : null;
}
