import { expect, test } from 'vitest';
import type { Care, CheckIn } from './api/types.ts';
import { KeyChanged } from './db.ts';
import { history, isOurs, keep, settle, take } from './outbox.ts';
import { merge, readCare } from './pull.ts';
import { checkIn, freshStore, sender, Server } from './testing.ts';

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

test('what the clinic lost again is sent once more, what was written first before what revises it', async () => {
  const store = freshStore();
  const server = new Server();
  const [early, first] = [checkIn(), checkIn()];
  const revision = checkIn({ revises: first.entry.id });
  for (const item of [early, first, revision]) await keep(store, 'ana', item);
  await sender(store, server.answer).drain('ana');
  const vault = await store.vaultForWriting('ana');
  await merge(store, vault, care, diary(early, first, revision));
  expect(await take(store, 'ana', 50)).toEqual([]);

  // Brought back from a backup that has the first alone, and says it in other words.
  const restored = new Server();
  restored.entries.set(early.entry.id, early.entry);
  expect(await merge(store, vault, care, diary(reworded(early)))).toBe(true);
  await merge(store, vault, care, diary(early));
  await sender(store, restored.answer).drain('ana');
  expect(restored.order).toEqual([first.entry.id, revision.entry.id]);
  expect(restored.entries.get(revision.entry.id)).toEqual(revision.entry);

  // And the first one is known as written here whatever came back of it.
  await merge(store, vault, care, diary(first, revision));
  expect((await take(store, 'ana', 50)).map(({ id }) => id)).toEqual([early.entry.id]);
});

test('what is offered again may be at the clinic, so that it is changed by a revision', async () => {
  const { store, vault, item } = await delivered();
  await merge(store, vault, care, diary());
  const [again] = await take(store, 'ana', 50);
  expect(again!.id).toBe(item.entry.id);
  expect(isOurs(again!)).toBe(false);
  // It has not waited since it was written.
  expect(Date.parse(again!.queued_at)).toBeGreaterThan(Date.parse(item.entry.made_at));
});

test('what is older than the days that were asked for is not missed', async () => {
  const { store, vault, item } = await delivered();
  await merge(store, vault, care, diary(), '2026-01-02');
  expect(await take(store, 'ana', 50)).toEqual([]);
  await merge(store, vault, care, diary(), item.entry.local_date);
  expect(await take(store, 'ana', 50)).toHaveLength(1);
});

test('what was not written on this phone is not sent by it', async () => {
  const store = freshStore();
  const vault = await store.vaultForWriting('ana');
  await merge(store, vault, care, diary(checkIn()));
  await merge(store, vault, care, diary());
  expect(await take(store, 'ana', 50)).toEqual([]);
});

test('what the clinic would not have again is not offered at each pull', async () => {
  const { store, vault, item } = await delivered();
  await merge(store, vault, care, diary());
  const reason = { code: 'unknown_plan', message: { en: 'No', es: 'No' } };
  const sent = await take(store, 'ana', 50);
  await settle(store, sent, [{ id: item.entry.id, status: 'refused', reason }]);
  await merge(store, vault, care, diary());
  expect(await take(store, 'ana', 50)).toEqual([]);
});

async function delivered() {
  const store = freshStore();
  const item = checkIn();
  await keep(store, 'ana', item);
  await sender(store, new Server().answer).drain('ana');
  return { store, vault: await store.vaultForWriting('ana'), item };
}

const reworded = ({ entry }: { entry: CheckIn }) => ({ entry: { ...entry, note: 'late' } });
