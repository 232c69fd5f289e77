/** Drives the sender: when to send, when to wait, and what the status line says meanwhile. */
import { ApiError, api } from './api/client.ts';
import { TABS, sendInBackground } from './background.ts';
import { KeyChanged, type PhoneStore } from './db.ts';
import { holdsBack } from '../domain/consent.ts';
import { retryRefused, standing, type Standing } from './outbox.ts';
import { pull, readCare } from './pull.ts';
import { Sender } from './sender.ts';

const CLEAR: Standing = { unsent: 0, messages: 0, oldest: null, waiting: [], refused: [] };
const SHORTEST_PULL_INTERVAL_MS = 30_000;

export class Sync {
  standing = $state.raw<Standing>(CLEAR);
  phase = $state<'idle' | 'sending' | 'waiting' | 'consent' | 'signed_out' | 'erased'>('idle');

  #store: PhoneStore;
  #sender: Sender;
  #account: string;
  #changed: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pulledAt = -Infinity;
  #last: Promise<void> = Promise.resolve();
  /** Other tabs of this app: what one of them keeps or sends, all of them show. */
  #tabs = new BroadcastChannel(TABS);
  #stopped = new AbortController();

  /** `changed` is called whenever the phone's store may hold something new. */
  constructor(store: PhoneStore, account: string, changed: () => Promise<void>) {
    this.#store = store;
    this.#account = account;
    this.#changed = changed;
    this.#sender = new Sender({
      store,
      send: api.sync,
      tell: api.readMessages,
      locks: navigator.locks,
      random: Math.random,
    });
  }

  start(): void {
    const { signal } = this.#stopped;
    this.#tabs.onmessage = () => this.refresh();
    addEventListener('online', () => this.now({ pull: true }), { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'visible') void this.#comeBack();
      },
      { signal },
    );
    void this.now({ pull: true });
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    this.#tabs.close();
  }

  /** Sends what waits; with `pull` also brings back what is new at the clinic. Never throws. */
  async now({ pull = false } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#last = this.#attempt(() => this.#run(pull));
    await this.#last;
  }

  /** As `now`, once what is under way is over: an answer from before must not be the last. */
  async anew(): Promise<void> {
    await this.#last;
    this.#pulledAt = -Infinity;
    await this.now({ pull: true });
  }

  /** A page that slept may have missed what the other tabs told. */
  async #comeBack(): Promise<void> {
    await this.#attempt(() => this.refresh());
    await this.now({ pull: true });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The phone's store failed. What was kept stays kept, and the next trigger tries again.
      this.phase = 'waiting';
      reportError(error);
    }
  }

  async #run(pull: boolean): Promise<void> {
    await this.#count();
    if (this.#stopped.signal.aborted) return;
    if (this.standing.unsent) this.phase = 'sending';
    const ending = await this.#sender.drain(this.#account);
    if (this.#stopped.signal.aborted) return;
    if (ending.kind === 'retry') {
      this.phase = 'waiting';
      this.#timer = setTimeout(() => this.now(), ending.afterMs);
    } else {
      this.phase = ending.kind === 'empty' ? 'idle' : ending.kind;
      const known = ending.kind !== 'signed_out' && ending.kind !== 'erased';
      if (pull && known && (await this.#pull())) await this.#takeUp();
    }
    await this.#count();
    this.#tellTabs();
  }

  /**
   * Shows what was brought. Where care goes on again, what was refused after its end is sent after all; what
   * waited for the patient to agree, once they did; and what the clinic turned out to have lost.
   */
  async #takeUp(): Promise<void> {
    await this.refresh();
    const care = await readCare(this.#store, this.#account);
    const waits = this.phase === 'consent' ? !holdsBack(care?.consent) : this.standing.unsent > 0;
    if (waits) await this.#run(false);
    if (!this.standing.refused.some(({ reason }) => reason.code === 'care_ended')) return;
    if (care?.episode.ended_on === null) await this.sendRefusedAgain();
  }

  /**
   * Something new waits: resolves once every tab can say so, and not that all is sent. Never throws. If this
   * page is closed before it is sent, the worker sends it.
   */
  async kept(): Promise<void> {
    await this.#attempt(() => this.refresh());
    this.#tellTabs();
    void sendInBackground(this.#account);
    void this.now();
  }

  async sendRefusedAgain(): Promise<void> {
    await retryRefused(this.#store, this.#account);
    await this.now();
  }

  /** Whether it brought anything new. */
  async #pull(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#pulledAt < SHORTEST_PULL_INTERVAL_MS) return false;
    try {
      const news = await pull(this.#store, this.#account, this.#stopped.signal);
      this.#pulledAt = now;
      return news;
    } catch (error) {
      // The account left this phone while the answer was under way.
      if (error instanceof KeyChanged) return false;
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'record_erased') this.phase = 'erased';
      else if (error.status === 401) this.phase = 'signed_out';
      return false;
    }
  }

  #tellTabs(): void {
    if (!this.#stopped.signal.aborted) this.#tabs.postMessage('changed');
  }

  /** Reads anew what this phone has; before the first time nothing may be said of what is sent. */
  async refresh(): Promise<void> {
    await this.#count();
    if (!this.#stopped.signal.aborted) await this.#changed();
  }

  async #count(): Promise<void> {
    // The account may just be leaving this phone: reading on would only open again what is being deleted.
    if (this.#stopped.signal.aborted) return;
    this.standing = await standing(this.#store, this.#account);
  }
}
