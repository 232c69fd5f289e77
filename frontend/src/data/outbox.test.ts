import { expect, test, vi } from 'vitest';
import { amend, history, keep, retryRefused, settle, standing, take, undo } from './outbox.ts';
import { checkIn, freshStore } from './testing.ts';

const ANA = 'ana';

test('entries leave in the order in which they were made', async () => {
  const store = freshStore();
  const made = [checkIn(), checkIn(), checkIn()];
  for (const item of made.toReversed()) await keep(store, ANA, item);
  const taken = await take(store, ANA, 50);
  expect(taken.map(({ id }) => id)).toEqual(made.toReversed().map(({ entry }) => entry.id));
});

test('keeping an entry twice keeps it once', async () => {
  const store = freshStore();
  const item = checkIn();
  await Promise.all([keep(store, ANA, item), keep(store, ANA, item)]);
  expect(await take(store, ANA, 50)).toHaveLength(1);
  expect(await history(store, ANA)).toHaveLength(1);
});

test('what the server has stays as history and leaves the outbox', async () => {
  const store = freshStore();
  const items = [checkIn(), checkIn()];
  for (const item of items) await keep(store, ANA, item);
  const sent = await take(store, ANA, 50);
  await settle(store, sent, [
    { id: items[0]!.entry.id, status: 'stored', reason: null },
    { id: items[1]!.entry.id, status: 'known', reason: null },
  ]);
  expect(await standing(store, ANA)).toEqual({
    unsent: 0,
    messages: 0,
    oldest: null,
    waiting: [],
    refused: [],
  });
  expect((await history(store, ANA)).map(({ entry }) => entry)).toEqual(
    items.map(({ entry }) => entry),
  );
});

test('an entry changed while its refusal was on the way is not dropped by a late answer', async () => {
  const store = freshStore();
  const item = checkIn();
  await keep(store, ANA, item);
  const first = await take(store, ANA, 50);
  const refusal = { code: 'malformed', message: { en: 'No', es: 'No' } };
  await settle(store, first, [{ id: item.entry.id, status: 'refused', reason: refusal }]);
  await retryRefused(store, ANA);
  const second = await take(store, ANA, 50);
  await settle(store, second, [{ id: item.entry.id, status: 'refused', reason: refusal }]);
  await amend(store, ANA, item.entry.id, checkIn({ pain_now: 9 }));
  // The answer to the first sending, which the network had kept for a while, speaks of the old content.
  await settle(store, first, [{ id: item.entry.id, status: 'stored', reason: null }]);
  const third = await take(store, ANA, 50);
  expect(third.map(({ item: { entry } }) => 'pain_now' in entry && entry.pain_now)).toEqual([9]);
});

test('undo before any sending leaves no trace', async () => {
  const store = freshStore();
  const item = checkIn();
  await keep(store, ANA, item);
  await undo(store, ANA, item.entry.id, checkIn({ revises: item.entry.id, withdrawn: true }));
  expect(await history(store, ANA)).toEqual([]);
  expect((await standing(store, ANA)).unsent).toBe(0);
});

test('undo of an entry that is under way sends its withdrawal after it', async () => {
  const store = freshStore();
  const item = checkIn();
  await keep(store, ANA, item);
  await take(store, ANA, 50);
  const withdrawal = checkIn({ revises: item.entry.id, withdrawn: true });
  await undo(store, ANA, item.entry.id, withdrawal);
  const again = await take(store, ANA, 50);
  expect(again.map(({ id }) => id)).toEqual([item.entry.id, withdrawal.entry.id]);
});

test('an edit before any sending changes the entry, one after it adds a revision', async () => {
  const store = freshStore();
  const item = checkIn({ pain_now: 2 });
  await keep(store, ANA, item);
  await amend(store, ANA, item.entry.id, checkIn({ pain_now: 5, revises: item.entry.id }));
  const [only, ...none] = await take(store, ANA, 50);
  expect(none).toEqual([]);
  expect(only?.item.entry).toMatchObject({ id: item.entry.id, revises: null, pain_now: 5 });
  const revision = checkIn({ pain_now: 8, revises: item.entry.id });
  await amend(store, ANA, item.entry.id, revision);
  const both = await take(store, ANA, 50);
  expect(both.map(({ item: { entry } }) => entry)).toEqual([only?.item.entry, revision.entry]);
});

test('a refused entry stays visible, blocks nothing, and is sent again only when asked', async () => {
  const store = freshStore();
  const [bad, good] = [checkIn(), checkIn()];
  await keep(store, ANA, bad);
  await keep(store, ANA, good);
  const sent = await take(store, ANA, 50);
  const reason = { code: 'day_out_of_range', message: { en: 'Too old', es: 'Muy antiguo' } };
  await settle(store, sent, [{ id: bad.entry.id, status: 'refused', reason }]);
  expect((await standing(store, ANA)).refused).toMatchObject([{ reason }]);
  expect((await take(store, ANA, 50)).map(({ id }) => id)).toEqual([good.entry.id]);
  await retryRefused(store, ANA);
  expect(await take(store, ANA, 50)).toHaveLength(2);
});

test('another account on the same phone neither sees nor sends nor undoes my entries', async () => {
  const store = freshStore();
  const item = checkIn();
  await keep(store, ANA, item);
  expect(await take(store, 'ben', 50)).toEqual([]);
  expect(await history(store, 'ben')).toEqual([]);
  expect((await standing(store, 'ben')).unsent).toBe(0);
  await undo(store, 'ben', item.entry.id, checkIn({ revises: item.entry.id, withdrawn: true }));
  await store.forget('ben');
  expect((await take(store, ANA, 50)).map(({ id }) => id)).toEqual([item.entry.id]);
});

test('forgetting an account removes all of it and nothing of the other', async () => {
  const store = freshStore();
  await keep(store, ANA, checkIn());
  await keep(store, 'ben', checkIn());
  await store.forget(ANA);
  expect(await history(store, ANA)).toEqual([]);
  expect(await take(store, ANA, 50)).toEqual([]);
  expect(await history(store, 'ben')).toHaveLength(1);
});

test('a handle that died in the background is reopened once, and the entry is kept', async () => {
  const store = freshStore();
  await keep(store, ANA, checkIn());
  const raw = await store.transact(['outbox'], 'readonly', async (tx) => tx.db);
  raw.close();
  await keep(store, ANA, checkIn());
  expect(await history(store, ANA)).toHaveLength(2);
});

test('work that fails half-way keeps nothing and says so', async () => {
  const store = freshStore();
  const work = store.transact(['outbox'], 'readwrite', async (tx) => {
    const row = {
      id: 'x',
      account_id: ANA,
      queued_at: '',
      revision: 1,
      attempts: 0,
      refused: null,
    };
    await tx.objectStore('outbox').add(row);
    throw new Error('quota');
  });
  await expect(work).rejects.toThrow('quota');
  expect(await take(store, ANA, 50)).toEqual([]);
});

test('what waits is written again when it is first tried, and not with every try after that', async () => {
  const store = freshStore();
  const update = vi.spyOn(IDBCursor.prototype, 'update');
  await keep(store, ANA, checkIn());
  for (let tries = 0; tries < 3; tries += 1) {
    expect(await take(store, ANA, 50)).toMatchObject([{ attempts: 1 }]);
  }
  await keep(store, ANA, checkIn());
  expect(await take(store, ANA, 50)).toHaveLength(2);
  expect(update).toHaveBeenCalledTimes(2);
  update.mockRestore();
});

test('saving is durable and not merely quick', async () => {
  const durability = await freshStore().transact(
    ['outbox'],
    'readwrite',
    async (tx) => tx.durability,
  );
  expect(durability).toBe('strict');
});
