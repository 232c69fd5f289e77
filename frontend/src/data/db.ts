/**
 * Opens the phone's store, mends its handle, and hands out the keys to what is sealed in it. What waits to be
 * sent it has twice: where the browser lost the store, it begins with that.
 */
import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import { markOf, putBack, Spare, type Marks, type Original, type Spared } from './spare.ts';
import {
  inTransaction,
  keyOf,
  type KeptKey,
  type Schema,
  type Stores,
  type Transaction,
} from './tables.ts';
import { sealPlainRows } from './upgrade.ts';
import { Vault } from './vault.ts';

/** What was sealed cannot be written any more: the account was removed from this phone meanwhile. */
export class KeyChanged extends Error {}

const VERSION = 4;

export class PhoneStore {
  #handle: Promise<IDBPDatabase<Schema>> | null = null;
  #vaults = new Map<string, Vault>();

  constructor(
    readonly name = 'glidepath',
    readonly spare = new Spare(),
  ) {}

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#handle ??= this.#opened().catch((error: unknown) => {
      this.#handle = null;
      throw error;
    });
    return this.#handle;
  }

  async #opened(): Promise<IDBPDatabase<Schema>> {
    const spared = (await isThere(this.name)) ? null : await this.spare.read();
    const db = await openDB<Schema>(this.name, VERSION, {
      upgrade(db, before, _now, tx) {
        if (before === 1) {
          tx.objectStore('entries').name = 'plain_entries';
          tx.objectStore('care').name = 'plain_care';
        } else if (before < 1) {
          const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
          outbox.createIndex('account', 'account_id');
          outbox.createIndex('entry', 'id', { unique: true });
        }
        if (before < 2) {
          db.createObjectStore('entries', { keyPath: 'id' }).createIndex('account', 'account_id');
          db.createObjectStore('care', { keyPath: 'account_id' });
          db.createObjectStore('keys', { keyPath: 'account_id' });
        }
        if (before < 3) {
          db.createObjectStore('readings', { keyPath: 'id' }).createIndex('account', 'account_id');
        }
        const drafts = db.createObjectStore('drafts', { keyPath: ['account_id', 'subject'] });
        drafts.createIndex('account', 'account_id');
        if (before < 1 && spared) putBack(tx, spared);
      },
      blocking: (_current, _next, event) => {
        (event.target as IDBDatabase).close();
        this.#handle = null;
      },
      terminated: () => (this.#handle = null),
    });
    await sealPlainRows(db);
    return db;
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
    const result = await inTransaction(await this.#open(), stores, mode, work);
    if (mode === 'readwrite' && stores.includes('outbox')) {
      await this.spare.follow((has) => this.#lackedBy(has));
    }
    return result;
  }

  /** What the second copy needs to be like this one. */
  async #lackedBy(has: Marks): Promise<Original> {
    return inTransaction(
      await this.#open(),
      ['outbox', 'entries', 'keys'],
      'readonly',
      async (tx) => {
        const rows = (await tx.objectStore('outbox').getAll()) as Spared['waiting'][];
        const lacking: Spared[] = [];
        for (const waiting of rows.filter((row) => has.get(row.id) !== markOf(row))) {
          const entry = await tx.objectStore('entries').get(waiting.id);
          if (entry) lacking.push({ id: waiting.id, waiting, entry });
        }
        const whose = new Set(rows.map(({ account_id }) => account_id));
        const keys = (await tx.objectStore('keys').getAll()).filter((key) =>
          whose.has(key.account_id),
        );
        return { ids: new Set(rows.map(({ id }) => id)), lacking, keys };
      },
    );
  }

  /**
   * A transaction that writes what `vault` sealed. A seal takes longer than a transaction stays open, so
   * sealing comes first; had the key gone meanwhile, nobody could ever open what is written: KeyChanged.
   */
  async write<T>(
    vault: Vault,
    stores: Stores,
    work: (tx: Transaction<'readwrite'>) => Promise<T>,
  ): Promise<T> {
    return this.transact([...stores, 'keys'], 'readwrite', async (tx) => {
      const kept = await tx.objectStore('keys').get(vault.account);
      if (kept?.id !== vault.keyId) {
        this.#vaults.delete(vault.account);
        throw new KeyChanged('The account was removed from this phone.');
      }
      return work(tx);
    });
  }

  /** Opens the account's rows; null if this phone has no key of it, and so nothing to open. */
  async vault(account: string): Promise<Vault | null> {
    const kept = await this.transact(['keys'], 'readonly', (tx) =>
      tx.objectStore('keys').get(account),
    );
    return kept ? this.#remember(kept) : null;
  }

  /** As `vault`, with a new key for an account that has none here. */
  async vaultForWriting(account: string): Promise<Vault> {
    const present = await this.vault(account);
    if (present) return present;
    const key = await Vault.newKey();
    return this.#remember(
      await this.transact(['keys'], 'readwrite', (tx) => keyOf(tx, account, key)),
    );
  }

  #remember({ account_id, id, key }: KeptKey): Vault {
    const known = this.#vaults.get(account_id);
    if (known?.keyId === id) return known;
    const vault = new Vault(account_id, id, key);
    this.#vaults.set(account_id, vault);
    return vault;
  }

  /** Removes the key, too: with it, whatever the disk still remembers of the rows becomes unreadable. */
  async forget(account: string): Promise<void> {
    this.#vaults.delete(account);
    const others = await this.transact(
      ['entries', 'outbox', 'readings', 'drafts', 'care', 'keys'],
      'readwrite',
      async (tx) => {
        for (const name of ['entries', 'outbox', 'readings', 'drafts'] as const) {
          let cursor = await tx.objectStore(name).index('account').openCursor(account);
          for (; cursor; cursor = await cursor.continue()) await cursor.delete();
        }
        await tx.objectStore('care').delete(account);
        await tx.objectStore('keys').delete(account);
        return tx.objectStore('keys').count();
      },
    );
    if (others) return;
    // Deleted rows stay in a browser's files until it tidies up; a deleted database is tidied up at once.
    await this.close();
    await deleteDB(this.name);
    await this.spare.remove();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    (await handle?.catch(() => null))?.close();
  }
}

/** Whether it need not be made. Where the browser only finds out now that a database is damaged, it fails to say. */
async function isThere(name: string): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some((one) => one.name === name);
  } catch {
    return false;
  }
}

function isDeadHandle(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === 'InvalidStateError' || /connection.*(lost|clos)/i.test(error.message))
  );
}
