import { afterEach, expect, test, vi } from 'vitest';
import { api } from './api/client.ts';
import type { Care, Consent, Diary } from './api/types.ts';
import { keep } from './outbox.ts';
import { Sync } from './sync.svelte.ts';
import { browserLocks, checkIn, freshStore, Server } from './testing.ts';

const ANA = 'ana';
const NONE = { check_ins: [], exercise_sessions: [] } as unknown as Diary;

/** What the clinic has of the patient's consent. */
function atClinic(state: Consent['state']): Care {
  const consent = { state, asked: 1, version: 1, at: null };
  return { messages: [], consent, episode: { ended_on: null } } as unknown as Care;
}

/** A phone whose server answers as `server` does, and what the clinic says of the consent. */
function phone(server = new Server()) {
  vi.stubGlobal('navigator', { locks: browserLocks() });
  const store = freshStore();
  const care = vi.spyOn(api, 'care');
  vi.spyOn(api, 'diary').mockResolvedValue(NONE);
  vi.spyOn(api, 'sync').mockImplementation(async (batch) => server.answer(batch));
  const sync = new Sync(store, ANA, async () => undefined);
  const told = async (state: Consent['state']) => {
    care.mockResolvedValue(atClinic(state));
    await sync.anew();
  };
  return { store, sync, told, server };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('who agreed on another phone is no longer asked here, though nothing waits', async () => {
  const { store, sync, told } = phone();
  await store.vaultForWriting(ANA);
  await told('withdrawn');
  await sync.now();
  expect(sync.phase).toBe('consent');
  await told('agreed');
  expect(sync.phase).toBe('idle');
  sync.stop();
});

test('what waited for the consent is sent as soon as the clinic has it', async () => {
  const { store, sync, told, server } = phone();
  const item = checkIn();
  await store.vaultForWriting(ANA);
  await told('withdrawn');
  await keep(store, ANA, item);
  await sync.now();
  expect([sync.phase, sync.standing.unsent, server.order]).toEqual(['consent', 1, []]);
  await told('agreed');
  expect([sync.phase, sync.standing.unsent]).toEqual(['idle', 0]);
  expect(server.order).toEqual([item.entry.id]);
  sync.stop();
});
