import { describe, expect, test } from 'vitest';
import { ApiError } from './api/client.ts';
import type { Care, Diary, Message, Readings } from './api/types.ts';
import { PhoneStore } from './db.ts';
import { keep } from './outbox.ts';
import { merge } from './pull.ts';
import { keepReading, readingsOf, withReadings } from './readings.ts';
import { checkIn, freshStore, olderStore, sender, Server } from './testing.ts';

const AT = '2026-03-01T08:00:00.000Z';
const LATER = '2026-03-01T09:00:00.000Z';
const nothing: Diary = { check_ins: [], exercise_sessions: [] };

const message = (id: string, read_at: string | null = null): Message => ({
  id,
  by: 'Irene',
  text: 'Well done',
  sent_at: '2026-03-01T07:00:00Z',
  read_at,
  from_patient: false,
  written_at: null,
  read_by: null,
  deeds: [],
});

async function pull(store: PhoneStore, account: string, ...messages: Message[]) {
  const care = { messages } as unknown as Care;
  await merge(store, await store.vaultForWriting(account), care, nothing);
}

const ids = async (store: PhoneStore, account: string) =>
  (await readingsOf(store, account)).map(({ id }) => id);

/** A clinic that hears of readings, or whose answers fail. */
function clinic(...failures: ApiError[]) {
  const heard: Readings[] = [];
  const tell = async (readings: Readings) => {
    heard.push(readings);
    const failure = failures.shift();
    if (failure) throw failure;
    return null;
  };
  return { heard, tell };
}

test('a message read here is read, whatever the clinic says, at the time it was first read', async () => {
  const store = freshStore();
  await keepReading(store, 'ana', 'm1', AT);
  await keepReading(store, 'ana', 'm1', LATER);
  const shown = withReadings(
    [message('m1'), message('m2'), message('m3', LATER)],
    await readingsOf(store, 'ana'),
  );
  expect(shown.map(({ read_at }) => read_at)).toEqual([AT, null, LATER]);
});

describe('the clinic is told', () => {
  test('until what it sends shows that it knows', async () => {
    const store = freshStore();
    await pull(store, 'ana', message('m1'), message('m2'));
    await keepReading(store, 'ana', 'm1', AT);
    const { heard, tell } = clinic(new ApiError(0, 'no_answer', ''));
    const ana = sender(store, new Server().answer, { tell });
    expect(await ana.drain('ana')).toMatchObject({ kind: 'retry' });
    expect(await ana.drain('ana')).toEqual({ kind: 'empty' });
    const read = [{ id: 'm1', read_at: AT }];
    expect(heard).toEqual([
      { account_id: 'ana', read },
      { account_id: 'ana', read },
    ]);
    // A pull that was under way before the telling does not know yet.
    await pull(store, 'ana', message('m1'), message('m2'));
    expect(await ids(store, 'ana')).toEqual(['m1']);
    await pull(store, 'ana', message('m1', AT), message('m2'));
    expect(await ids(store, 'ana')).toEqual([]);
    await ana.drain('ana');
    expect(heard).toHaveLength(2);
  });

  test('after the entries, and what it cannot take holds nothing up', async () => {
    const store = freshStore();
    const server = new Server();
    await keep(store, 'ana', checkIn());
    await keepReading(store, 'ana', 'm1', AT);
    const { heard, tell } = clinic(new ApiError(400, 'malformed', ''));
    expect(await sender(store, server.answer, { tell }).drain('ana')).toEqual({ kind: 'empty' });
    expect(server.order).toHaveLength(1);
    expect(heard).toHaveLength(1);
    expect(await ids(store, 'ana')).toEqual(['m1']);
  });

  test.each([401, 403])('by nobody else: %i keeps what was read', async (status) => {
    const store = freshStore();
    await keepReading(store, 'ana', 'm1', AT);
    const { tell } = clinic(new ApiError(status, 'other_account', ''));
    const ending = await sender(store, new Server().answer, { tell }).drain('ana');
    expect(ending).toEqual({ kind: 'signed_out' });
    expect(await ids(store, 'ana')).toEqual(['m1']);
  });

  test('nothing of another patient on the same phone', async () => {
    const store = freshStore();
    await keepReading(store, 'ana', 'm1', AT);
    await keepReading(store, 'ben', 'm2', AT);
    const { heard, tell } = clinic();
    await sender(store, new Server().answer, { tell }).drain('ben');
    expect(heard).toEqual([{ account_id: 'ben', read: [{ id: 'm2', read_at: AT }] }]);
    await pull(store, 'ben', message('m2', AT));
    await store.forget('ben');
    expect(await ids(store, 'ana')).toEqual(['m1']);
    await store.forget('ana');
    expect(await ids(store, 'ana')).toEqual([]);
  });
});

test('a store of version 2 keeps its entries and learns of messages', async () => {
  const before = await olderStore('v2', 2);
  await before.put('outbox', { id: 'x', account_id: 'ana', refused: null });
  before.close();
  const store = new PhoneStore('v2');
  await keepReading(store, 'ana', 'm1', AT);
  expect(await ids(store, 'ana')).toEqual(['m1']);
  const waiting = await store.transact(['outbox'], 'readonly', (tx) =>
    tx.objectStore('outbox').count(),
  );
  expect(waiting).toBe(1);
});
