import { expect, test } from 'vitest';
import { ApiError } from './api/client.ts';
import type { Care, Consent, SyncAnswer, SyncRequest } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import { keep, standing, undo } from './outbox.ts';
import { merge } from './pull.ts';
import { browserLocks, checkIn, freshStore, sender, Server } from './testing.ts';

const ANA = 'ana';

async function keepMany(store: PhoneStore, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const item = checkIn();
    await keep(store, ANA, item);
    ids.push(item.entry.id);
  }
  return ids;
}

test('all entries arrive once, in order, in batches of fifty', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 120);
  const sizes: number[] = [];
  const ending = await sender(store, (batch) => {
    sizes.push(batch.check_ins.length);
    return server.answer(batch);
  }).drain(ANA);
  expect(ending).toEqual({ kind: 'empty' });
  expect(server.order).toEqual(ids);
  expect(sizes).toEqual([50, 50, 20]);
});

test('a lost answer leads to a second sending and not to a second entry', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 3);
  let lost = true;
  const phone = sender(store, (batch) => {
    const answer = server.answer(batch);
    if (lost) throw new ApiError(0, 'no_answer', '');
    return answer;
  });
  expect((await phone.drain(ANA)).kind).toBe('retry');
  expect((await standing(store, ANA)).unsent).toBe(3);
  lost = false;
  expect((await phone.drain(ANA)).kind).toBe('empty');
  expect(server.order).toEqual(ids);
});

test('an entry made while others are being sent goes out in the same run', async () => {
  const [store, server] = [freshStore(), new Server()];
  await keepMany(store, 2);
  const late = checkIn();
  const phone = sender(store, async (batch) => {
    await keep(store, ANA, late);
    return server.answer(batch);
  });
  await phone.drain(ANA);
  expect(server.entries.has(late.entry.id)).toBe(true);
  expect((await standing(store, ANA)).unsent).toBe(0);
});

/** As the phone has it from the clinic. */
async function consent(store: PhoneStore, state: Consent['state']): Promise<void> {
  const care = { messages: [], consent: { state, asked: 2, version: 1, at: null } };
  const diary = { check_ins: [], exercise_sessions: [] };
  await merge(store, await store.vaultForWriting(ANA), care as unknown as Care, diary);
}

test('what is written before the patient agrees waits on the phone, and goes out once they did', async () => {
  const [store, server] = [freshStore(), new Server()];
  const phone = sender(store, (batch) => server.answer(batch));
  const ids = await keepMany(store, 2);
  for (const state of ['never', 'outdated', 'withdrawn'] as const) {
    await consent(store, state);
    expect(await phone.drain(ANA)).toEqual({ kind: 'consent' });
  }
  expect(server.order).toEqual([]);
  expect((await standing(store, ANA)).unsent).toBe(2);
  await consent(store, 'agreed');
  expect(await phone.drain(ANA)).toEqual({ kind: 'empty' });
  expect(server.order).toEqual(ids);
});

test('consent that was taken back on another phone loses nothing here', async () => {
  const store = freshStore();
  await keepMany(store, 1);
  const phone = sender(store, () => {
    throw new ApiError(409, 'consent_withdrawn', '');
  });
  expect(await phone.drain(ANA)).toEqual({ kind: 'consent' });
  expect((await standing(store, ANA)).refused).toEqual([]);
  expect((await standing(store, ANA)).unsent).toBe(1);
});

test('two tabs that send at once send nothing twice', async () => {
  const [store, server, locks] = [freshStore(), new Server(), browserLocks()];
  const ids = await keepMany(store, 70);
  const sent: string[] = [];
  const slow = async (batch: SyncRequest) => {
    sent.push(...batch.check_ins.map(({ id }) => id));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return server.answer(batch);
  };
  const tabs = [sender(store, slow, { locks }), sender(store, slow, { locks })];
  await Promise.all(tabs.map((tab) => tab.drain(ANA)));
  expect(sent).toEqual(ids);
});

test('two senders without a lock between them still end with one entry each', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 20);
  const send = (batch: SyncRequest) => server.answer(batch);
  await Promise.all([sender(store, send).drain(ANA), sender(store, send).drain(ANA)]);
  expect([...server.entries.keys()].sort()).toEqual(ids);
  expect((await standing(store, ANA)).unsent).toBe(0);
});

test('one refused entry among fifty keeps none of the others back', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 50);
  server.refuses.add(ids[17]!);
  expect(await sender(store, server.answer).drain(ANA)).toEqual({ kind: 'empty' });
  expect(server.entries.size).toBe(49);
  const { unsent, refused } = await standing(store, ANA);
  expect(unsent).toBe(0);
  expect(refused.map(({ id }) => id)).toEqual([ids[17]]);
  expect(server.requests).toBe(1);
});

test('a batch that is too large is split until it passes', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 50);
  const phone = sender(store, (batch) => {
    if (batch.check_ins.length > 7) throw new ApiError(413, 'too_large', '');
    return server.answer(batch);
  });
  expect((await phone.drain(ANA)).kind).toBe('empty');
  expect(server.order).toEqual(ids);
});

test('a single entry that makes the whole request unreadable is set aside, the rest arrives', async () => {
  const [store, server] = [freshStore(), new Server()];
  const ids = await keepMany(store, 9);
  const poison = ids[4]!;
  const phone = sender(store, (batch) => {
    if (batch.check_ins.some(({ id }) => id === poison)) throw new ApiError(400, 'malformed', '');
    return server.answer(batch);
  });
  expect((await phone.drain(ANA)).kind).toBe('empty');
  expect(server.order).toEqual(ids.filter((id) => id !== poison));
  const { refused } = await standing(store, ANA);
  expect(refused).toMatchObject([{ id: poison, reason: { code: 'malformed' } }]);
});

test.each([401, 403])('a %s keeps everything and pauses', async (status) => {
  const store = freshStore();
  await keepMany(store, 3);
  const phone = sender(store, () => {
    throw new ApiError(status, 'signed_out', '');
  });
  expect(await phone.drain(ANA)).toEqual({ kind: 'signed_out' });
  expect((await standing(store, ANA)).unsent).toBe(3);
});

test('a record that was erased is no sign-in that has ended, and keeps what is here', async () => {
  const store = freshStore();
  await keepMany(store, 3);
  const phone = sender(store, () => {
    throw new ApiError(401, 'record_erased', '');
  });
  expect(await phone.drain(ANA)).toEqual({ kind: 'erased' });
  expect((await standing(store, ANA)).unsent).toBe(3);
});

test('after somebody else signed in on this phone nothing of mine reaches their diary', async () => {
  const [store, server] = [freshStore(), new Server()];
  const mine = await keepMany(store, 2);
  server.signedInAs = 'ben';
  expect((await sender(store, server.answer).drain('ben')).kind).toBe('empty');
  expect((await sender(store, server.answer).drain(ANA)).kind).toBe('signed_out');
  expect(server.entries.size).toBe(0);
  server.signedInAs = ANA;
  await sender(store, server.answer).drain(ANA);
  expect(server.order).toEqual(mine);
});

test('waits grow with full jitter up to five minutes, and start anew after a success', async () => {
  const [store, server] = [freshStore(), new Server()];
  await keepMany(store, 1);
  let broken = true;
  const phone = sender(
    store,
    (batch) => {
      if (broken) throw new ApiError(503, 'unavailable', '');
      return server.answer(batch);
    },
    { random: () => 1 },
  );
  const waits: number[] = [];
  for (let turn = 0; turn < 12; turn++) {
    const ending = await phone.drain(ANA);
    if (ending.kind === 'retry') waits.push(ending.afterMs);
  }
  expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(waits.at(-1)).toBe(300_000);
  broken = false;
  await phone.drain(ANA);
  await keepMany(store, 1);
  broken = true;
  expect(await phone.drain(ANA)).toEqual({ kind: 'retry', afterMs: 1_000 });
});

test("the server's Retry-After is a floor under the wait", async () => {
  const store = freshStore();
  await keepMany(store, 1);
  const phone = sender(store, () => {
    throw new ApiError(429, 'slow_down', '', 30);
  });
  expect(await phone.drain(ANA)).toEqual({ kind: 'retry', afterMs: 30_500 });
});

test('an answer about none of the entries is a failure and not an endless loop', async () => {
  const store = freshStore();
  await keepMany(store, 2);
  const empty: SyncAnswer = { results: [], as_of: '' };
  expect((await sender(store, () => empty).drain(ANA)).kind).toBe('retry');
  expect((await standing(store, ANA)).unsent).toBe(2);
});

test('an entry undone while it is on its way ends withdrawn on the server', async () => {
  const [store, server] = [freshStore(), new Server()];
  const item = checkIn();
  await keep(store, ANA, item);
  const withdrawal = checkIn({ revises: item.entry.id, withdrawn: true });
  let first = true;
  await sender(store, async (batch) => {
    if (first) await undo(store, ANA, item.entry.id, withdrawal);
    first = false;
    return server.answer(batch);
  }).drain(ANA);
  expect(server.order).toEqual([item.entry.id, withdrawal.entry.id]);
});

test('whatever the network does, every entry ends on the server exactly once', async () => {
  // A small seeded generator, so that a failing run can be repeated.
  let seed = 20260301;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let run = 0; run < 40; run++) {
    const [store, server, locks] = [freshStore(), new Server(), browserLocks()];
    const made: string[] = [];
    let calm = false;
    const send = (batch: SyncRequest) => {
      const luck = calm ? 1 : random();
      if (luck < 0.2) throw new ApiError(0, 'no_answer', '');
      if (luck < 0.3) throw new ApiError(503, 'unavailable', '');
      if (luck < 0.35) throw new ApiError(401, 'signed_out', '');
      const answer = server.answer(batch);
      if (luck < 0.5) throw new ApiError(0, 'answer_lost', '');
      if (luck < 0.6) return { ...answer, results: answer.results.slice(0, 1) };
      if (luck < 0.7) return { ...answer, results: answer.results.toReversed() };
      return answer;
    };
    const tabs = [sender(store, send, { locks }), sender(store, send, { locks })];
    for (let step = 0; step < 12; step++) {
      made.push(...(await keepMany(store, 1 + Math.floor(random() * 3))));
      await Promise.all(tabs.filter(() => random() < 0.7).map((tab) => tab.drain(ANA)));
    }
    calm = true;
    await tabs[0]!.drain(ANA);
    expect([...server.entries.keys()].sort(), `run ${run}`).toEqual(made.sort());
    expect((await standing(store, ANA)).unsent).toBe(0);
  }
}, 60_000);
