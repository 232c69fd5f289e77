/** Who is signed in on this device. Kept in localStorage so that the app opens offline. */
import { ApiError, api, onSignedOut } from '../data/api/client.ts';
import type { Me } from '../data/api/types.ts';

const STORED = 'glidepath.me';

class Session {
  me = $state.raw<Me | null>(read());
  /** The server no longer knows this device; what is here stays until the same account signs in again. */
  expired = $state(false);

  constructor() {
    onSignedOut(() => (this.expired = this.me !== null));
  }

  get role(): Me['account']['role'] | null {
    return this.me?.account.role ?? null;
  }

  begin(me: Me): void {
    this.me = me;
    this.expired = false;
    localStorage.setItem(STORED, JSON.stringify(me));
  }

  /** Asks the server who we are; without an answer the device's memory counts. */
  async refresh(): Promise<void> {
    try {
      this.begin(await api.me());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  forget(): void {
    this.me = null;
    this.expired = false;
    localStorage.removeItem(STORED);
  }
}

function read(): Me | null {
  const stored = globalThis.localStorage?.getItem(STORED);
  return stored ? (JSON.parse(stored) as Me) : null;
}

export const session = new Session();
