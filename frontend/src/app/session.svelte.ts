/**
 * Who is signed in on this device. Kept in localStorage so that the app opens offline, without the name: that
 * lies sealed in the phone's store, or comes from the server.
 */
import { ApiError, api, onSignedOut } from '../data/api/client.ts';
import type { Me } from '../data/api/types.ts';

const STORED = 'glidepath.me';
/** Kept by patient/reminder; it goes when its patient does. */
export const REMINDERS = 'glidepath.reminders';
/** Kept by patient/more: whose owner can show that it is they. */
export const PROVES = 'glidepath.proves';
/** Whose alerts or reminders this browser shows with no page open; kept by data/push.ts. */
export const PUSHES = 'glidepath.pushes';
/** Somebody signed out here and the server has not heard of it yet. */
const LEAVING = 'glidepath.leaving';

class Session {
  me = $state.raw<Me | null>(read());
  /** The server no longer knows this device; what is here stays until the same account signs in again. */
  expired = $state(false);

  constructor() {
    onSignedOut(() => (this.expired = this.me !== null));
    // Whoever signs in or out does so in all tabs: nobody goes on under another one's name.
    globalThis.addEventListener?.('storage', ({ key }) => {
      const next = key === STORED ? read() : this.me;
      if (next?.account.id !== this.me?.account.id) this.me = next;
    });
    globalThis.addEventListener?.('online', () => void this.#tellServer());
    void this.#tellServer();
    this.#ownPushes();
  }

  get role(): Me['account']['role'] | null {
    return this.me?.account.role ?? null;
  }

  begin(me: Me): void {
    this.me = me;
    this.expired = false;
    localStorage.removeItem(LEAVING);
    remember(me);
    this.#ownPushes();
  }

  /** Asks the server who we are; without an answer the device's memory counts. */
  async refresh(): Promise<void> {
    try {
      const me = await api.me();
      // Signed out while the answer was under way: it must not bring anybody back.
      if (this.me) this.begin(me);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  forget(): void {
    this.me = null;
    this.expired = false;
    localStorage.removeItem(STORED);
    localStorage.removeItem(REMINDERS);
    localStorage.removeItem(PROVES);
    this.#ownPushes();
  }

  /** Signs out here at once; the server hears of it now, or when it can be reached. */
  async leave(): Promise<void> {
    this.forget();
    localStorage.setItem(LEAVING, 'yes');
    await this.#tellServer();
  }

  /** Rarely there is anything to do, so that what does it is not loaded before. */
  #ownPushes(): void {
    if (!globalThis.localStorage?.getItem(PUSHES)) return;
    const account = this.me?.account.id ?? null;
    void import('../data/push.ts').then((push) => push.belongTo(account)).catch(() => undefined);
  }

  async #tellServer(): Promise<void> {
    if (!globalThis.localStorage?.getItem(LEAVING)) return;
    try {
      await api.signOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) return;
    }
    localStorage.removeItem(LEAVING);
  }
}

function remember(me: Me): void {
  localStorage.setItem(STORED, JSON.stringify({ ...me, account: { ...me.account, name: '' } }));
}

function read(): Me | null {
  const stored = globalThis.localStorage?.getItem(STORED);
  if (!stored) return null;
  const me = JSON.parse(stored) as Me;
  // Earlier releases kept the name here.
  if (me.account.name) remember(me);
  return me;
}

export const session = new Session();
