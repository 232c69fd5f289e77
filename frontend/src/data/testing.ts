/** A server that keeps its promises and a network that keeps none, for the tests of the outbox. */
import 'fake-indexeddb/auto';
import { openDB, type IDBPDatabase } from 'idb';
import { ApiError } from './api/client.ts';
import type { CheckIn, ExerciseSession, Letter, SyncAnswer, SyncRequest } from './api/types.ts';
import { PhoneStore } from './db.ts';
import { Sender, type Surroundings } from './sender.ts';
import type { DiaryEntry, Item } from './tables.ts';

let serial = 0;

export function freshStore(): PhoneStore {
  return new PhoneStore(`test-${++serial}`);
}

/** What a phone has that last opened the app when its store was of an older version. */
export function olderStore(name: string, version: 2 | 3): Promise<IDBPDatabase> {
  return openDB(name, version, {
    upgrade(db) {
      const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
      outbox.createIndex('account', 'account_id');
      outbox.createIndex('entry', 'id', { unique: true });
      db.createObjectStore('entries', { keyPath: 'id' }).createIndex('account', 'account_id');
      db.createObjectStore('care', { keyPath: 'account_id' });
      db.createObjectStore('keys', { keyPath: 'account_id' });
      if (version < 3) return;
      db.createObjectStore('readings', { keyPath: 'id' }).createIndex('account', 'account_id');
    },
  });
}

export function checkIn(over: Partial<CheckIn> = {}): DiaryEntry & { kind: 'check_in' } {
  serial += 1;
  const at = new Date(Date.UTC(2026, 0, 1) + serial * 60_000).toISOString().replace('Z', '+00:00');
  const entry: CheckIn = {
    id: `check-in-${String(serial).padStart(6, '0')}`,
    revises: null,
    withdrawn: false,
    plan_version_id: null,
    local_date: at.slice(0, 10),
    happened_at: at,
    zone: 'UTC',
    made_at: at,
    sensations: [],
    changes_with: null,
    pain_now: 4,
    pain_worst: null,
    place: 'thigh',
    red_flags: null,
    note: null,
    ...over,
  };
  return { kind: 'check_in', entry };
}

export function letter(text = 'My leg tingles.'): Item & { kind: 'message' } {
  serial += 1;
  const written_at = new Date(Date.UTC(2026, 0, 1) + serial * 60_000).toISOString();
  return { kind: 'message', entry: { id: `letter-${serial}`, text, written_at } };
}

type Taken = CheckIn | ExerciseSession | Letter;

export class Server {
  readonly entries = new Map<string, Taken>();
  readonly order: string[] = [];
  readonly refuses = new Set<string>();
  signedInAs = 'ana';
  requests = 0;

  answer = (batch: SyncRequest): SyncAnswer => {
    this.requests += 1;
    if (batch.account_id !== this.signedInAs) throw new ApiError(403, 'other_account', '');
    const offered: [SyncAnswer['results'][0]['kind'], readonly Taken[]][] = [
      ['check_in', batch.check_ins],
      ['exercise_session', batch.exercise_sessions],
      ['message', batch.messages ?? []],
    ];
    const results = offered.flatMap(([kind, entries]) =>
      entries.map((entry) => ({ id: entry.id, kind, ...this.#take(entry) })),
    );
    return { results, as_of: '2026-01-01T00:00:00Z' };
  };

  #take(entry: Taken) {
    if (this.refuses.has(entry.id)) {
      const message = { en: 'No', es: 'No' };
      return { status: 'refused' as const, reason: { code: 'day_out_of_range', message } };
    }
    const known = this.entries.get(entry.id);
    if (known) return { status: 'known' as const, reason: null };
    this.entries.set(entry.id, structuredClone(entry));
    this.order.push(entry.id);
    return { status: 'stored' as const, reason: null };
  }
}

/** One lock manager is one browser: its tabs share it. Node 20 has none of its own. */
export function browserLocks(): Pick<LockManager, 'request'> {
  const tails = new Map<string, Promise<unknown>>();
  const request = (name: string, work: () => unknown) => {
    const next = (tails.get(name) ?? Promise.resolve()).then(work, work);
    tails.set(
      name,
      next.catch(() => undefined),
    );
    return next;
  };
  return { request } as unknown as Pick<LockManager, 'request'>;
}

export function sender(
  store: PhoneStore,
  send: (batch: SyncRequest) => SyncAnswer | Promise<SyncAnswer>,
  over: Partial<Surroundings> = {},
): Sender {
  return new Sender({
    store,
    send: async (batch) => send(structuredClone(batch)),
    tell: async () => null,
    locks: browserLocks(),
    random: () => 0.5,
    ...over,
  });
}
