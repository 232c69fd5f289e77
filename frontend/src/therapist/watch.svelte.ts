import { Live } from './live.svelte.ts';

const EVERY_MS = 30_000;
/** Many changes soon after another are one reason to ask. */
const GATHER_MS = 100;
const APART_MS = 1_000;

/** Asks the server, and takes its answer if that is still current once it is there. Never throws. */
type Ask = (isCurrent: () => boolean) => Promise<void>;

/** When a page that stays open asks the server again. */
export class Watch {
  busy = $state(false);
  readonly opened = new Date();
  readonly live: Live;
  #ask: Ask;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #answered = 0;
  #changes = 0;

  /** `concerned` says whether a change for these patients is one for the page. */
  constructor(ask: Ask, concerned: (patients: readonly string[]) => boolean = () => true) {
    this.#ask = ask;
    this.live = new Live((patients) => {
      if (patients === null || concerned(patients)) this.#askSoon();
    });
  }

  async now(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    try {
      let changes: number;
      do {
        changes = this.#changes;
        await this.#ask(() => changes === this.#changes);
      } while (changes !== this.#changes);
    } finally {
      this.busy = false;
      this.#answered = Date.now();
    }
  }

  /** Asks for what the reader has just changed and sees already: an answer under way is from before it. */
  changed(): Promise<void> {
    this.#changes += 1;
    return this.now();
  }

  /** Also while an answer is under way: it may be from before the change. */
  #askSoon(): void {
    const wait = Math.max(GATHER_MS, this.#answered + APART_MS - Date.now());
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.busy) this.#askSoon();
      else void this.now();
    }, wait);
  }

  /**
   * Asks now, at every change that the server tells of, and every 30 s while it tells nothing; all of it only
   * while the page is visible. Returns what ends it.
   */
  start(): () => void {
    const ask = (): void => {
      if (document.visibilityState !== 'visible') return;
      this.live.open();
      if (this.live.state !== 'live') void this.now();
    };
    const turn = (): void => {
      // A hidden page holds no stream; back again it asks, as it may have missed everything.
      this.live.close();
      ask();
    };
    const timer = setInterval(ask, EVERY_MS);
    document.addEventListener('visibilitychange', turn);
    ask();
    return () => {
      clearInterval(timer);
      clearTimeout(this.#soon);
      document.removeEventListener('visibilitychange', turn);
      this.live.close();
    };
  }
}
