import { describe, expect, test } from 'vitest';
import { ApiError } from './api/client.ts';
import type { Care, Message, SyncRequest } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import { asJson } from './export.ts';
import { everything, history, keep, standing, unsent } from './outbox.ts';
import { merge } from './pull.ts';
import { checkIn, freshStore, letter, sender, Server } from './testing.ts';
import { takeBack, threadOf, whereabouts } from './thread.ts';

const ANA = 'ana';
const AT = '2026-03-01T08:00:00Z';

const atClinic = (id: string, over: Partial<Message> = {}): Message => ({
  id,
  from_patient: true,
  by: 'Ana',
  text: 'My leg tingles.',
  sent_at: AT,
  written_at: null,
  read_at: null,
  read_by: null,
  deeds: [],
  ...over,
});

async function pull(store: PhoneStore, ...messages: Message[]): Promise<void> {
  const care = { messages } as unknown as Care;
  const nothing = { check_ins: [], exercise_sessions: [] };
  await merge(store, await store.vaultForWriting(ANA), care, nothing);
}

const letters = async (store: PhoneStore) =>
  (await everything(store, ANA)).flatMap(({ kind, entry }) => (kind === 'message' ? entry : []));

test('a message goes out once with the entries, sealed until then, and is no entry of the diary', async () => {
  const [store, server] = [freshStore(), new Server()];
  const [entry, written] = [checkIn(), letter()];
  await keep(store, ANA, entry);
  await keep(store, ANA, written);
  await keep(store, ANA, written);
  const rows = await store.transact(['entries'], 'readonly', (tx) =>
    tx.objectStore('entries').getAll(),
  );
  expect(JSON.stringify(rows)).not.toContain('tingles');
  expect(await history(store, ANA)).toEqual([entry]);
  const file = JSON.parse(
    asJson('unsent', { account_id: ANA, patient: 'Ana' }, await unsent(store, ANA), new Date()),
  ) as object;
  expect(file).toMatchObject({ check_ins: [entry.entry], messages: [written.entry] });

  let lost = true;
  const batches: SyncRequest[] = [];
  const phone = sender(store, (batch) => {
    batches.push(batch);
    const answer = server.answer(batch);
    if (lost) throw new ApiError(0, 'no_answer', '');
    return answer;
  });
  expect((await phone.drain(ANA)).kind).toBe('retry');
  expect(await takeBack(store, ANA, written.entry.id)).toBe(false);
  lost = false;
  expect(await phone.drain(ANA)).toEqual({ kind: 'empty' });
  expect(server.order).toEqual([entry.entry.id, written.entry.id]);
  expect(batches.map(({ messages }) => messages)).toEqual([[written.entry], [written.entry]]);
  expect((await standing(store, ANA)).unsent).toBe(0);
});

test('what waits is told apart: entries and messages, also in what an earlier version kept', async () => {
  const store = freshStore();
  for (const item of [checkIn(), letter('One'), letter('Two')]) await keep(store, ANA, item);
  expect(await standing(store, ANA)).toMatchObject({ unsent: 3, messages: 2 });
  await store.transact(['outbox'], 'readwrite', async (tx) => {
    for (const { kind: _, ...row } of await tx.objectStore('outbox').getAll()) {
      await tx.objectStore('outbox').put(row);
    }
  });
  expect(await standing(store, ANA)).toMatchObject({ unsent: 3, messages: 2 });
});

test('a batch without a message does not speak of any: an older server knows none', async () => {
  const store = freshStore();
  await keep(store, ANA, checkIn());
  const server = new Server();
  await sender(store, (batch) => {
    expect(batch).not.toHaveProperty('messages');
    return server.answer(batch);
  }).drain(ANA);
  expect(server.order).toHaveLength(1);
});

test('one that the clinic shows is no longer kept apart, and one that waits always is', async () => {
  const [store, server] = [freshStore(), new Server()];
  const [arrived, waits] = [letter('One'), letter('Two')];
  await keep(store, ANA, arrived);
  await sender(store, server.answer).drain(ANA);
  await keep(store, ANA, waits);
  expect(await letters(store)).toEqual([arrived.entry, waits.entry]);
  await pull(store, atClinic(arrived.entry.id), atClinic(waits.entry.id));
  expect(await letters(store)).toEqual([waits.entry]);
  const thread = threadOf([atClinic(waits.entry.id)], await letters(store), 'Ana');
  expect(thread.map(({ id }) => id)).toEqual([waits.entry.id]);
});

test('a refused one stays with its reason, and can be taken back as one never sent', async () => {
  const [store, server] = [freshStore(), new Server()];
  const [refused, fresh] = [letter('One'), letter('Two')];
  server.refuses.add(refused.entry.id);
  await keep(store, ANA, refused);
  await sender(store, server.answer).drain(ANA);
  await keep(store, ANA, fresh);
  const now = await standing(store, ANA);
  expect(now.refused).toMatchObject([{ id: refused.entry.id, kind: 'message' }]);
  const [newest, older] = threadOf([], await letters(store), 'Ana');
  expect(whereabouts(newest!, now)).toEqual({ at: 'phone' });
  expect(whereabouts(older!, now)).toMatchObject({
    at: 'refused',
    reason: { message: { en: 'No' } },
  });
  for (const { entry } of [refused, fresh]) {
    expect(await takeBack(store, 'ben', entry.id)).toBe(false);
    expect(await takeBack(store, ANA, entry.id)).toBe(true);
  }
  expect(await letters(store)).toEqual([]);
  expect(await unsent(store, ANA)).toEqual([]);
});

describe('how far a message has come', () => {
  const nothing = { unsent: 0, messages: 0, oldest: null, waiting: [], refused: [] };
  const read = { read_at: AT, read_by: 'Irene' };
  const did = (what: Message['deeds'][0]['what']) => ({
    what,
    by: 'Martin',
    cover_for: null,
    at: AT,
  });

  test.each<[string, Partial<Message>, object]>([
    ['sent', {}, { at: 'sent' }],
    ['read', read, { at: 'read', by: 'Irene', when: AT }],
    [
      'acted on',
      { ...read, deeds: [did('answered'), did('called')] },
      { at: 'done', what: 'called', by: 'Martin', when: AT },
    ],
    [
      'taken back',
      { ...read, deeds: [did('called'), did(null)] },
      { at: 'read', by: 'Irene', when: AT },
    ],
  ])('%s', (_, over, expected) => {
    expect(whereabouts(atClinic('m', over), nothing)).toEqual(expected);
  });
});
