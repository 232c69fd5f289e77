import { expect, test } from 'vitest';
import { PhoneStore } from './db.ts';
import { draftOf, dropDraft, keepDraft } from './drafts.ts';
import { amend, history, keep, take } from './outbox.ts';
import { checkIn, freshStore, olderStore } from './testing.ts';

const [TODAY, YESTERDAY] = ['2026-03-02', '2026-03-01'];
const begun = (pain: number) => ({
  begun_at: '2026-03-02T14:05:00Z',
  answers: { pain, note: 'canary-of-a-draft' },
});

/** A phone on which these accounts have a key, as after their first contact with the clinic. */
async function phone(...accounts: string[]): Promise<PhoneStore> {
  const store = freshStore();
  for (const account of accounts) await store.vaultForWriting(account);
  return store;
}

const rows = (store: PhoneStore) =>
  store.transact(['drafts'], 'readonly', (tx) => tx.objectStore('drafts').getAll());

test('the last answers come back, sealed meanwhile, until they are dropped', async () => {
  const store = await phone('ana');
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  await keepDraft(store, 'ana', TODAY, TODAY, begun(7));
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toEqual(begun(7));
  expect(await draftOf(store, 'ana', YESTERDAY, TODAY)).toBeNull();
  const [row, ...others] = await rows(store);
  expect(others).toEqual([]);
  expect(Object.keys(row!).sort()).toEqual(['account_id', 'day', 'sealed', 'subject']);
  expect(new TextDecoder('latin1').decode(row!.sealed.data)).not.toContain('canary');
  await dropDraft(store, 'ana', TODAY);
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toBeNull();
});

test('what was begun on another day is over, also about the same day', async () => {
  const store = await phone('ana', 'ben');
  await keepDraft(store, 'ana', YESTERDAY, YESTERDAY, begun(3));
  await keepDraft(store, 'ben', YESTERDAY, YESTERDAY, begun(4));
  expect(await draftOf(store, 'ana', YESTERDAY, TODAY)).toBeNull();
  expect((await rows(store)).map(({ account_id }) => account_id)).toEqual(['ben']);
});

test('nobody else on the phone sees it, and it leaves the phone with its account', async () => {
  const store = await phone('ana', 'ben');
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  expect(await draftOf(store, 'ben', TODAY, TODAY)).toBeNull();
  await store.forget('ana');
  expect(await rows(store)).toEqual([]);
  // A screen that is still open somewhere brings nothing back, nor a key.
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  expect(await rows(store)).toEqual([]);
  expect(await store.vault('ana')).toBeNull();
});

test('it goes in the same moment in which its entry is kept or changed, and is never sent', async () => {
  const store = await phone('ana');
  const item = checkIn();
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  expect(await take(store, 'ana', 50)).toEqual([]);
  await keep(store, 'ana', item, TODAY);
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toBeNull();
  await keepDraft(store, 'ana', item.entry.id, TODAY, begun(3));
  await keepDraft(store, 'ana', TODAY, TODAY, begun(5));
  await amend(store, 'ana', item.entry.id, checkIn(), item.entry.id);
  expect(await draftOf(store, 'ana', item.entry.id, TODAY)).toBeNull();
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toEqual(begun(5));
});

test('an entry that cannot be kept leaves its draft', async () => {
  const store = await phone('ana');
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args) {
    if (this.name === 'entries') throw new DOMException('The disk is full.', 'QuotaExceededError');
    return put.apply(this, args);
  };
  try {
    await expect(keep(store, 'ana', checkIn(), TODAY)).rejects.toThrow('full');
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toEqual(begun(3));
  expect(await history(store, 'ana')).toEqual([]);
});

test('a store of version 3 keeps what it has and learns of drafts', async () => {
  const before = await olderStore('v3', 3);
  await before.put('readings', { id: 'm1', account_id: 'ana', read_at: '2026-03-01T08:00:00Z' });
  before.close();
  const store = new PhoneStore('v3');
  await store.vaultForWriting('ana');
  await keepDraft(store, 'ana', TODAY, TODAY, begun(3));
  expect(await draftOf(store, 'ana', TODAY, TODAY)).toEqual(begun(3));
  const readings = await store.transact(['readings'], 'readonly', (tx) =>
    tx.objectStore('readings').count(),
  );
  expect(readings).toBe(1);
});
