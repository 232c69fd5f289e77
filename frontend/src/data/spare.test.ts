import { IDBFactory } from 'fake-indexeddb';
import { deleteDB } from 'idb';
import { afterEach, expect, test, vi } from 'vitest';
import { PhoneStore } from './db.ts';
import { amend, history, keep, settle, take, undo } from './outbox.ts';
import { Spare } from './spare.ts';
import { checkIn, freshStore, letter } from './testing.ts';

const ANA = 'ana';

/** A phone whose browser has a second place, and what it is after that browser lost the first. */
function phone(second = new IDBFactory()) {
  const spare = () => new Spare(async () => second);
  const store = new PhoneStore(freshStore().name, spare());
  const lose = async () => {
    await store.close();
    await deleteDB(store.name);
    return new PhoneStore(store.name, spare());
  };
  return { store, lose, copy: () => spare().read() };
}

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

afterEach(() => vi.unstubAllGlobals());

test('what waits outlives the loss of the store, in its order, and can still be opened', async () => {
  const { store, lose } = phone();
  const made = [checkIn({ note: 'first' }), letter(), checkIn({ pain_now: 7 })];
  for (const item of made) await keep(store, ANA, item);
  await take(store, ANA, 1);
  const taken = await take(await lose(), ANA, 50);
  expect(taken.map(({ item }) => item)).toEqual(made);
});

test('what came back may be at the clinic: taken back, it goes out as a withdrawal', async () => {
  const { store, lose } = phone();
  const item = checkIn();
  await keep(store, ANA, item);
  const again = await lose();
  const withdrawal = checkIn({ revises: item.entry.id, withdrawn: true });
  await undo(again, ANA, item.entry.id, withdrawal);
  expect(ids(await take(again, ANA, 50))).toEqual([item.entry.id, withdrawal.entry.id]);
});

test('the copy has what waits and nothing else', async () => {
  const { store, copy } = phone();
  const [sent, undone, refused] = [checkIn(), checkIn(), checkIn()];
  for (const item of [sent, undone, refused]) await keep(store, ANA, item);
  await undo(store, ANA, undone.entry.id, checkIn({ withdrawn: true }));
  expect(ids((await copy()).rows)).toEqual([sent.entry.id, refused.entry.id]);
  const results = [
    { id: sent.entry.id, status: 'stored' as const, reason: null },
    { id: refused.entry.id, status: 'refused' as const, reason: null },
  ];
  await settle(store, await take(store, ANA, 50), results);
  const { rows, keys } = await copy();
  expect(rows.map(({ waiting }) => [waiting.id, waiting.refused?.code])).toEqual([
    [refused.entry.id, 'unexplained'],
  ]);
  expect(keys.map(({ account_id }) => account_id)).toEqual([ANA]);
  await settle(store, [rows[0]!.waiting], [{ ...results[0]!, id: refused.entry.id }]);
  expect(await copy()).toEqual({ rows: [], keys: [] });
});

test('a change in place is copied, too', async () => {
  const { store, lose } = phone();
  const item = checkIn({ pain_now: 2 });
  await keep(store, ANA, item);
  await amend(store, ANA, item.entry.id, checkIn({ pain_now: 8, revises: item.entry.id }));
  const [only] = await history(await lose(), ANA);
  expect(only?.entry).toMatchObject({ id: item.entry.id, pain_now: 8 });
});

test('a store that is there is not added to', async () => {
  const { store } = phone();
  await keep(store, ANA, checkIn());
  const stale = new Spare(async () => new IDBFactory());
  const before = await take(store, ANA, 50);
  await store.close();
  expect(await take(new PhoneStore(store.name, stale), ANA, 50)).toEqual(before);
});

test('a copy that was lost itself is made anew as a whole', async () => {
  const { store } = phone();
  const made = [checkIn(), checkIn()];
  for (const item of made) await keep(store, ANA, item);
  await store.close();
  const second = new IDBFactory();
  const again = new PhoneStore(store.name, new Spare(async () => second));
  await keep(again, ANA, checkIn());
  expect((await new Spare(async () => second).read()).rows).toHaveLength(3);
});

test.each([
  ['is not there', async () => null],
  ['fails', () => Promise.reject(new Error('no room'))],
])('saving works where the second place %s', async (_, place) => {
  const store = new PhoneStore(freshStore().name, new Spare(place));
  await keep(store, ANA, checkIn());
  expect(await take(store, ANA, 50)).toHaveLength(1);
  expect(await store.spare.read()).toEqual({ rows: [], keys: [] });
});

test('an account that leaves the phone leaves nothing in the copy, and the last one no copy', async () => {
  const deleted = vi.fn(async () => undefined);
  vi.stubGlobal('navigator', { storageBuckets: { delete: deleted } });
  const { store, copy } = phone();
  const [his, hers] = [checkIn(), checkIn()];
  await keep(store, ANA, hers);
  await keep(store, 'ben', his);
  await store.forget(ANA);
  const { rows, keys } = await copy();
  expect(ids(rows)).toEqual([his.entry.id]);
  expect(keys.map(({ account_id }) => account_id)).toEqual(['ben']);
  expect(deleted).not.toHaveBeenCalled();
  await store.forget('ben');
  expect(await copy()).toEqual({ rows: [], keys: [] });
  expect(deleted).toHaveBeenCalledWith('spare');
});
