import { expect, test } from 'vitest';
import type { Care, CheckIn } from './api/types.ts';
import { KeyChanged } from './db.ts';
import { history, keep, take } from './outbox.ts';
import { merge, readCare } from './pull.ts';
import { checkIn, freshStore } from './testing.ts';

const care = { patient: { id: 'p', name: 'Ana' }, plan: null, messages: [] } as unknown as Care;
const diary = (...items: { entry: CheckIn }[]) => ({
  check_ins: items.map(({ entry }) => entry),
  exercise_sessions: [],
});

test('history comes back whole after the phone lost its memory, also when pulled twice', async () => {
  const store = freshStore();
  const items = [checkIn(), checkIn()];
  await merge(store, await store.vaultForWriting('ana'), care, diary(...items));
  await merge(store, await store.vaultForWriting('ana'), care, diary(...items));
  expect((await history(store, 'ana')).map(({ entry }) => entry)).toEqual(
    items.map(({ entry }) => entry),
  );
  expect(await take(store, 'ana', 50)).toEqual([]);
  expect(await readCare(store, 'ana')).toEqual(care);
});

test('a pull writes what is new or changed, and leaves the rest of a full diary alone', async () => {
  const store = freshStore();
  const seals = async () =>
    (await store.transact(['entries'], 'readonly', (tx) => tx.objectStore('entries').getAll())).map(
      ({ sealed }) => String(sealed.iv),
    );
  const [same, changes, comes] = [checkIn(), checkIn(), checkIn()];
  const vault = await store.vaultForWriting('ana');
  await merge(store, vault, care, diary(same, changes));
  const before = await seals();
  const changed = { entry: { ...changes.entry, note: 'late' } };
  await merge(store, vault, care, diary(same, changed, comes));
  const after = await seals();
  expect(after.filter((iv) => before.includes(iv))).toHaveLength(1);
  expect((await history(store, 'ana')).map(({ entry }) => entry)).toEqual([
    same.entry,
    changed.entry,
    comes.entry,
  ]);
});

test('a pull says whether it brought anything new', async () => {
  const store = freshStore();
  const vault = await store.vaultForWriting('ana');
  const item = checkIn();
  expect(await merge(store, vault, care, diary(item))).toBe(true);
  const sealed = (await store.transact(['care'], 'readonly', (tx) =>
    tx.objectStore('care').get('ana'),
  ))!.sealed.iv;
  expect(await merge(store, vault, care, diary(item))).toBe(false);
  const after = await store.transact(['care'], 'readonly', (tx) =>
    tx.objectStore('care').get('ana'),
  );
  expect(after!.sealed.iv).toEqual(sealed);
  expect(await merge(store, vault, { ...care, plan: {} } as Care, diary(item))).toBe(true);
  expect(await merge(store, vault, { ...care, plan: {} } as Care, diary(checkIn()))).toBe(true);
});

test('a pull never overwrites or drops an entry that waits to be sent', async () => {
  const store = freshStore();
  const mine = checkIn({ pain_now: 8 });
  await keep(store, 'ana', mine);
  const older = { entry: { ...mine.entry, pain_now: 1 } };
  await merge(store, await store.vaultForWriting('ana'), care, diary(older));
  await merge(store, await store.vaultForWriting('ana'), care, diary());
  const [waiting] = await take(store, 'ana', 50);
  expect(waiting?.item.entry).toEqual(mine.entry);
});

test('what arrives after the account left the phone finds no place there', async () => {
  const store = freshStore();
  const vault = await store.vaultForWriting('ana');
  await store.forget('ana');
  await expect(merge(store, vault, care, diary(checkIn()))).rejects.toThrow(KeyChanged);
  expect(await history(store, 'ana')).toEqual([]);
  expect(await store.vault('ana')).toBeNull();
});
