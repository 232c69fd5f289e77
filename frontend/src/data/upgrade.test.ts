import { openDB, type IDBPDatabase } from 'idb';
import { expect, test } from 'vitest';
import { PhoneStore } from './db.ts';
import { history, standing, take } from './outbox.ts';
import { readCare } from './pull.ts';
import { checkIn, sender, Server } from './testing.ts';

/** The store as version 1 made it. */
function openVersion1(name: string): Promise<IDBPDatabase> {
  return openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore('entries', { keyPath: 'id' }).createIndex('account', 'account_id');
      const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
      outbox.createIndex('account', 'account_id');
      outbox.createIndex('entry', 'id', { unique: true });
      db.createObjectStore('care', { keyPath: 'account_id' });
    },
  });
}

async function fill(name: string, accounts: readonly string[]) {
  const db = await openVersion1(name);
  const made: Record<string, string[]> = {};
  for (const account_id of accounts) {
    made[account_id] = [];
    for (let count = 0; count < 21; count++) {
      const item = checkIn({ note: `said ${count}` });
      const { id, made_at: queued_at } = item.entry;
      await db.put('entries', { ...item, id, account_id });
      // The first of them has arrived at the clinic, twenty wait.
      if (count === 0) continue;
      const waiting = { id, account_id, queued_at, revision: 1, attempts: count % 2 };
      await db.add('outbox', { ...waiting, refused: null });
      made[account_id]!.push(id);
    }
    await db.put('care', { account_id, care: { of: account_id }, diary_pulled_at: 'then' });
  }
  db.close();
  return made;
}

test('twenty unsent entries of version 1 are sealed, kept in order and sent', async () => {
  const made = await fill('v1', ['ana', 'ben']);
  const store = new PhoneStore('v1');
  expect(await history(store, 'ana')).toHaveLength(21);
  expect((await standing(store, 'ana')).unsent).toBe(20);
  const plain = await store.transact(
    ['plain_entries', 'plain_care', 'entries'],
    'readonly',
    async (tx) => ({
      left:
        (await tx.objectStore('plain_entries').count()) +
        (await tx.objectStore('plain_care').count()),
      rows: await tx.objectStore('entries').getAll(),
    }),
  );
  expect(plain.left).toBe(0);
  expect(plain.rows).toHaveLength(42);
  for (const row of plain.rows) {
    expect(Object.keys(row).sort()).toEqual(['account_id', 'id', 'kind', 'revises', 'sealed']);
  }
  expect(await readCare(store, 'ana')).toEqual({ of: 'ana' });
  const server = new Server();
  await sender(store, server.answer).drain('ana');
  expect(server.order).toEqual(made['ana']);
  expect((await take(store, 'ben', 50)).map(({ id }) => id)).toEqual(made['ben']);
});

test('an upgrade that breaks off is finished at the next opening, also by two tabs at once', async () => {
  await fill('v1-twice', ['ana']);
  const broken = globalThis.crypto.subtle.encrypt;
  globalThis.crypto.subtle.encrypt = () => Promise.reject(new Error('killed'));
  await expect(history(new PhoneStore('v1-twice'), 'ana')).rejects.toThrow('killed');
  globalThis.crypto.subtle.encrypt = broken;
  const tabs = [new PhoneStore('v1-twice'), new PhoneStore('v1-twice')];
  const seen = await Promise.all(tabs.map((tab) => history(tab, 'ana')));
  expect(seen.map(({ length }) => length)).toEqual([21, 21]);
  expect((await standing(tabs[0]!, 'ana')).unsent).toBe(20);
});
