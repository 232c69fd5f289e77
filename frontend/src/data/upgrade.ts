/** Version 1 of the phone's store kept its rows as they were. They are sealed when it is next opened. */
import type { IDBPDatabase } from 'idb';
import { asCareRow, asEntryRow } from './rows.ts';
import { inTransaction, keyOf, type DiaryEntry, type PlainEntry, type Schema } from './tables.ts';
import { Vault } from './vault.ts';

/**
 * Nobody has the store before this is done, and a crash half-way leaves the rest for the next opening. Two
 * tabs may do it at once: what is no longer there as a plain row has been sealed by the other.
 */
export async function sealPlainRows(db: IDBPDatabase<Schema>): Promise<void> {
  if (!db.objectStoreNames.contains('plain_entries')) return;
  const [entries, cares] = await Promise.all([db.getAll('plain_entries'), db.getAll('plain_care')]);
  const accounts = new Set([...entries, ...cares].map(({ account_id }) => account_id));
  for (const account of accounts) {
    const fresh = await Vault.newKey();
    const { id, key } = await inTransaction(db, ['keys'], 'readwrite', (tx) =>
      keyOf(tx, account, fresh),
    );
    const vault = new Vault(account, id, key);
    const mine = entries.filter(({ account_id }) => account_id === account);
    const rows = await Promise.all(mine.map((plain) => asEntryRow(vault, toItem(plain))));
    const care = cares.find(({ account_id }) => account_id === account);
    const careRow = care && (await asCareRow(vault, care.care, care.diary_pulled_at));
    const stores = ['plain_entries', 'plain_care', 'entries', 'care'] as const;
    await inTransaction(db, [...stores], 'readwrite', async (tx) => {
      for (const row of rows) {
        if (!(await tx.objectStore('plain_entries').getKey(row.id))) continue;
        await tx.objectStore('entries').put(row);
        await tx.objectStore('plain_entries').delete(row.id);
      }
      if (!careRow || !(await tx.objectStore('plain_care').getKey(account))) return;
      await tx.objectStore('care').put(careRow);
      await tx.objectStore('plain_care').delete(account);
    });
  }
}

const toItem = ({ kind, entry }: PlainEntry) => ({ kind, entry }) as DiaryEntry;
