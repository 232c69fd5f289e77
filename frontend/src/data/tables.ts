/**
 * What lies on the phone. Every row carries the account it belongs to; nobody reads another one's. What the
 * patient said and what the therapist wrote is sealed; in the clear is only what puts rows in their order.
 */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type {
  Care,
  CheckIn,
  ExerciseSession,
  Letter,
  MeasureAnswer,
  Refusal,
} from './api/types.ts';
import type { Sealed } from './vault.ts';

export type DiaryEntry =
  { kind: 'check_in'; entry: CheckIn } | { kind: 'exercise_session'; entry: ExerciseSession };

/** What is kept and sent: an entry of the diary, a message to the clinic, or answers that it asked for. */
export type Item =
  | DiaryEntry
  | { kind: 'message'; entry: Letter }
  | { kind: 'measure_answer'; entry: MeasureAnswer };

export interface KeptEntry {
  id: string;
  account_id: string;
  kind: Item['kind'];
  revises: string | null;
  sealed: Sealed;
  /** Written on this phone: what came from the clinic, an import say, is not there, nor what an earlier version kept. */
  made_here?: true;
}

/** One entry that the server has not confirmed. `seq` is the order in which entries were made. */
export interface Unsent {
  seq?: number;
  id: string;
  account_id: string;
  /** What it is. Rows of an earlier version do not say. */
  kind?: Item['kind'];
  queued_at: string;
  /** Grows with every change of the entry in place, so that a sender notices what it has not sent. */
  revision: number;
  /** 1 once a send was begun, or more in rows of an earlier version: the server may have it, whatever the phone heard. */
  attempts: number;
  refused: Refusal | null;
}

export interface KeptCare {
  account_id: string;
  /** A `Care`. */
  sealed: Sealed;
  /** Null until the history of this account has been brought back once. */
  diary_pulled_at: string | null;
}

/** A message that was read here, until the clinic shows that it knows. Says nothing of what was read. */
export interface KeptReading {
  /** The message's. */
  id: string;
  account_id: string;
  read_at: string;
}

/** Answers that were begun and not saved: never sent, and only of use on their day. */
export interface KeptDraft {
  account_id: string;
  /** What they are about: the day that is asked for, or the entry to be changed. */
  subject: string;
  /** On which they were given. */
  day: string;
  /** A `Begun`. */
  sealed: Sealed;
}

/** The key may be used and not read: it is no string of bytes, to this code or any other. */
export interface KeptKey {
  account_id: string;
  id: string;
  key: CryptoKey;
}

/** As version 1 kept them. */
export type PlainEntry = DiaryEntry & { id: string; account_id: string };
export interface PlainCare {
  account_id: string;
  care: Care;
  diary_pulled_at: string | null;
}

export interface Schema extends DBSchema {
  entries: { key: string; value: KeptEntry; indexes: { account: string } };
  outbox: { key: number; value: Unsent; indexes: { account: string; entry: string } };
  care: { key: string; value: KeptCare };
  readings: { key: string; value: KeptReading; indexes: { account: string } };
  drafts: { key: [string, string]; value: KeptDraft; indexes: { account: string } };
  keys: { key: string; value: KeptKey };
  /** Only where version 1 had been: its rows on their way to being sealed, empty after that. */
  plain_entries: { key: string; value: PlainEntry };
  plain_care: { key: string; value: PlainCare };
}

export type Stores = StoreNames<Schema>[];
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, Stores, Mode>;

/** The account's key, which is `fresh` unless another tab was first. */
export async function keyOf(
  tx: Transaction<'readwrite'>,
  account: string,
  fresh: CryptoKey,
): Promise<KeptKey> {
  const present = await tx.objectStore('keys').get(account);
  if (present) return present;
  const kept = { account_id: account, id: crypto.randomUUID(), key: fresh };
  await tx.objectStore('keys').put(kept);
  return kept;
}

export async function inTransaction<T, Mode extends IDBTransactionMode>(
  db: IDBPDatabase<Schema>,
  stores: Stores,
  mode: Mode,
  work: (tx: Transaction<Mode>) => Promise<T>,
): Promise<T> {
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
