/** When this patient wants to be reminded: chosen on the phone, and on the server as soon as it can be. */
import { REMINDERS } from '../../app/session.svelte.ts';
import { ApiError, api } from '../../data/api/client.ts';
import type { Reminder } from '../../data/api/types.ts';
import { later, notToday, type PutOff } from '../../domain/reminder.ts';

interface Kept {
  account_id: string;
  settings: Reminder;
  /** The server has not confirmed these settings. */
  unsent: boolean;
  put_off: PutOff | null;
}

export class Reminders {
  #kept = $state.raw<Kept>() as Kept;

  constructor(account: string) {
    this.#kept = read(account) ?? {
      account_id: account,
      settings: { at: null, quiet_from: null, quiet_until: null },
      unsent: false,
      put_off: null,
    };
  }

  get settings(): Reminder {
    return this.#kept.settings;
  }

  get unsent(): boolean {
    return this.#kept.unsent;
  }

  get putOff(): PutOff | null {
    return this.#kept.put_off;
  }

  later(now: Date): void {
    this.#keep({ put_off: later(now) });
  }

  notToday(now: Date): void {
    this.#keep({ put_off: notToday(now) });
  }

  async choose(settings: Reminder): Promise<void> {
    this.#keep({ settings, unsent: true, put_off: null });
    await this.refresh();
  }

  /** Sends what the server has not heard, else asks what it knows; without an answer the phone's memory counts. */
  async refresh(): Promise<void> {
    const before = this.settings;
    try {
      const known = await (this.unsent ? api.saveReminders(before) : api.reminders());
      // Chosen anew meanwhile: this answer is to an older question.
      if (this.settings !== before) return;
      // News only: a form that is being filled in starts again from settings that change.
      const isNews = JSON.stringify(known) !== JSON.stringify(before);
      this.#keep({ settings: isNews ? known : before, unsent: false });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #keep(changes: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changes };
    localStorage.setItem(REMINDERS, JSON.stringify(this.#kept));
  }
}

function read(account: string): Kept | null {
  const kept = JSON.parse(localStorage.getItem(REMINDERS) ?? 'null') as Kept | null;
  return kept?.account_id === account ? kept : null;
}

let reminders: { account: string; of: Reminders } | null = null;

/** One for all screens of an account; asks the server when it is used for the first time. */
export function remindersOf(account: string): Reminders {
  if (reminders?.account !== account) {
    reminders = { account, of: new Reminders(account) };
    void reminders.of.refresh();
  }
  return reminders.of;
}

addEventListener('online', () => {
  if (reminders?.of.unsent) void reminders.of.refresh();
});
