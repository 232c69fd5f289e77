/**
 * A second copy of what waits to be sent, in files of its own.
 *
 * Whoever ends Chromium in the middle of a write leaves half a record in its log; it goes on after that half at the next
 * start, takes the log for damaged at the one after, and throws the whole database away. A bucket of storage has
 * a log of its own, and no end can cut two of them. Browsers without buckets have no second copy.
 */
import { wrap, type DBSchema, type IDBPDatabase } from 'idb';
import type { KeptEntry, KeptKey, Transaction, Unsent } from './tables.ts';

const NAME = 'spare';

export interface Spared {
  id: string;
  waiting: Unsent & { seq: number };
  entry: KeptEntry;
}

/** All that is in the copy, the rows in the order in which they were made. */
export interface Content {
  rows: readonly Spared[];
  keys: readonly KeptKey[];
}

/** Of each entry of the copy, in which state it is there. */
export type Marks = ReadonlyMap<string, string>;

export const markOf = ({ revision, refused }: Unsent) => `${revision} ${refused?.code ?? ''}`;

/** What the original has: the ids of all that waits, what of it the copy lacks, and the keys of whose it is. */
export interface Original {
  ids: ReadonlySet<string>;
  lacking: readonly Spared[];
  keys: readonly KeptKey[];
}

interface Schema extends DBSchema {
  waiting: { key: string; value: Spared };
  keys: { key: string; value: KeptKey };
}

export class Spare {
  #place: () => Promise<IDBFactory | null>;
  #handle: Promise<IDBPDatabase<Schema> | null> | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(place: () => Promise<IDBFactory | null> = inBucket) {
    this.#place = place;
  }

  /** Nothing, where this browser has no second copy. */
  async read(): Promise<Content> {
    return this.#or({ rows: [], keys: [] }, async (db) => {
      const tx = db.transaction(['waiting', 'keys']);
      const rows = await tx.objectStore('waiting').getAll();
      const keys = await tx.objectStore('keys').getAll();
      return { rows: rows.sort((one, other) => one.waiting.seq - other.waiting.seq), keys };
    });
  }

  /** Makes it like the original. One after the other, and never throws: the original is what counts. */
  follow(original: (has: Marks) => Promise<Original>): Promise<void> {
    this.#last = this.#last.then(() => this.#or(undefined, (db) => copy(db, original)));
    return this.#last;
  }

  /** Removes it as a whole, so that no file remembers what was in it. */
  async remove(): Promise<void> {
    await this.#last;
    await this.#close();
    await buckets()
      ?.delete(NAME)
      .catch(() => undefined);
  }

  async #or<T>(otherwise: T, work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      this.#handle ??= open(this.#place);
      const db = await this.#handle;
      return db ? await work(db) : otherwise;
    } catch {
      await this.#close();
      return otherwise;
    }
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    (await handle?.catch(() => null))?.close();
  }
}

/** Into a store that was just made. Its transaction ends with it, and tells whoever opens the store if it fails. */
export function putBack(tx: Transaction<'versionchange'>, { rows, keys }: Content): void {
  const [entries, outbox] = [tx.objectStore('entries'), tx.objectStore('outbox')];
  const put: Promise<unknown>[] = keys.map((key) => tx.objectStore('keys').put(key));
  for (const { waiting, entry } of rows) {
    const { seq: _, ...row } = waiting;
    // Whether it was sent meanwhile the copy does not know.
    put.push(entries.put(entry), outbox.add({ ...row, attempts: 1 }));
  }
  Promise.all(put).catch(() => undefined);
}

async function open(place: () => Promise<IDBFactory | null>): Promise<IDBPDatabase<Schema> | null> {
  const factory = await place();
  if (!factory) return null;
  const opening = factory.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('waiting', { keyPath: 'id' });
    opening.result.createObjectStore('keys', { keyPath: 'account_id' });
  };
  const db = (await wrap(opening)) as unknown as IDBPDatabase<Schema>;
  db.addEventListener('versionchange', () => db.close());
  return db;
}

async function copy(
  db: IDBPDatabase<Schema>,
  original: (has: Marks) => Promise<Original>,
): Promise<void> {
  const has = new Map(
    (await db.getAll('waiting')).map(({ id, waiting }) => [id, markOf(waiting)] as const),
  );
  const { ids, lacking, keys } = await original(has);
  const gone = [...has.keys()].filter((id) => !ids.has(id));
  const known = new Set((await db.getAll('keys')).map(({ id }) => id));
  const unknown = keys.filter(({ id }) => !known.has(id));
  if (!gone.length && !lacking.length && !unknown.length) return;
  const tx = db.transaction(['waiting', 'keys'], 'readwrite', { durability: 'strict' });
  for (const row of lacking) await tx.objectStore('waiting').put(row);
  for (const id of gone) await tx.objectStore('waiting').delete(id);
  if (unknown.length || gone.length) {
    await tx.objectStore('keys').clear();
    for (const key of keys) await tx.objectStore('keys').put(key);
  }
  await tx.done;
}

/** Buckets of storage, as far as they are known: not every browser has them, nor TypeScript. */
interface Buckets {
  open(name: string, options: { durability: 'strict' }): Promise<{ indexedDB: IDBFactory }>;
  delete(name: string): Promise<void>;
}

const buckets = () =>
  (globalThis.navigator as { storageBuckets?: Buckets } | undefined)?.storageBuckets;

async function inBucket(): Promise<IDBFactory | null> {
  const bucket = await buckets()?.open(NAME, { durability: 'strict' });
  return bucket?.indexedDB ?? null;
}
