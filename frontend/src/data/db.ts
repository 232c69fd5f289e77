/** The phone's store. Every row carries the account it belongs to; nobody reads another one's. */
import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type StoreNames,
} from 'idb';
import type { Care, CheckIn, ExerciseSession, Refusal } from './api/types.ts';

export type DiaryEntry =
  { kind: 'check_in'; entry: CheckIn } | { kind: 'exercise_session'; entry: ExerciseSession };

export type KeptEntry = DiaryEntry & { id: string; account_id: string };

/** One entry that the server has not confirmed. `seq` is the order in which entries were made. */
export interface Unsent {
  seq?: number;
  id: string;
  account_id: string;
  queued_at: string;
  /** Grows with every change of the entry in place, so that a sender notices what it has not sent. */
  revision: number;
  /** Sends begun. From the first one on the server may have the entry, whatever the phone heard. */
  attempts: number;
  refused: Refusal | null;
}

export interface KeptCare {
  account_id: string;
  care: Care;
  /** Null until the history of this account has been brought back once. */
  diary_pulled_at: string | null;
}

interface Schema extends DBSchema {
  entries: { key: string; value: KeptEntry; indexes: { account: string } };
  outbox: { key: number; value: Unsent; indexes: { account: string; entry: string } };
  care: { key: string; value: KeptCare };
}

export type Stores = StoreNames<Schema>[];
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, Stores, Mode>;

export class PhoneStore {
  #handle: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(readonly name = 'glidepath') {}

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#handle ??= openDB<Schema>(this.name, 1, {
      upgrade(db) {
        db.createObjectStore('entries', { keyPath: 'id' }).createIndex('account', 'account_id');
        const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
        outbox.createIndex('account', 'account_id');
        outbox.createIndex('entry', 'id', { unique: true });
        db.createObjectStore('care', { keyPath: 'account_id' });
      },
      blocking: (_current, _next, event) => {
        (event.target as IDBDatabase).close();
        this.#handle = null;
      },
      terminated: () => (this.#handle = null),
    }).catch((error: unknown) => {
      this.#handle = null;
      throw error;
    });
    return this.#handle;
  }

  /**
   * Runs `work` in one transaction and resolves when it is on the disk. iOS kills handles of an app in the
   * background, so a dead one is dropped and the work repeated once: it must have no effect outside.
   */
  async transact<T, Mode extends IDBTransactionMode>(
    stores: Stores,
    mode: Mode,
    work: (tx: Transaction<Mode>) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#once(stores, mode, work);
    } catch (error) {
      if (!isDeadHandle(error)) throw error;
      await this.close();
      return this.#once(stores, mode, work);
    }
  }

  async #once<T, Mode extends IDBTransactionMode>(
    stores: Stores,
    mode: Mode,
    work: (tx: Transaction<Mode>) => Promise<T>,
  ): Promise<T> {
    const db = await this.#open();
    // Strict: "saved" must survive the phone's battery, not only the tab.
    const tx = db.transaction(stores, mode, { durability: 'strict' });
    // Without a listener a failed transaction would count as an unhandled rejection beside the error thrown here.
    tx.done.catch(() => undefined);
    let result: T;
    try {
      result = await work(tx);
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // Already over: the error that ended it is the one to report.
      }
      throw error;
    }
    await tx.done;
    return result;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    (await handle?.catch(() => null))?.close();
  }
}

function isDeadHandle(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === 'InvalidStateError' || /connection.*(lost|clos)/i.test(error.message))
  );
}
