/** Keeps what was answered on the phone: soon after each answer, and at once when the app is left. */
import { KeyChanged } from '../../data/db.ts';
import { draftOf, dropDraft, keepDraft } from '../../data/drafts.ts';
import type { Begun } from '../../data/rows.ts';
import { currentDay } from '../day.svelte.ts';
import { store } from '../diary.svelte.ts';

const SOON_MS = 300;

/** What any screen has under way: a draft must be on the disk before the next one looks for it. */
let underWay: Promise<void> = Promise.resolve();

export class DraftKeeper {
  /** What was kept before this screen was opened. */
  readonly begun: Begun | null;
  #begunAt: string | null;
  #pending: (() => Promise<void>) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = new AbortController();

  private constructor(
    readonly account: string,
    readonly subject: string,
    begun: Begun | null,
  ) {
    this.begun = begun;
    this.#begunAt = begun?.begun_at ?? null;
    const { signal } = this.#left;
    document.addEventListener('visibilitychange', () => void this.flush(), { signal });
    addEventListener('pagehide', () => void this.flush(), { signal });
  }

  /** Never fails: without a draft there still is a check-in. */
  static async open(account: string, subject: string): Promise<DraftKeeper> {
    await underWay;
    const begun = await draftOf(store, account, subject, currentDay()).catch((error: unknown) => {
      reportError(error);
      return null;
    });
    return new DraftKeeper(account, subject, begun);
  }

  /** `answers` are what is to be offered again; null: there is nothing that would be missed. */
  keep(answers: unknown): void {
    const { account, subject } = this;
    if (answers === null) {
      if (this.#begunAt === null) return;
      this.#begunAt = null;
      this.#pending = () => dropDraft(store, account, subject);
    } else {
      this.#begunAt ??= new Date().toISOString();
      const begun = { begun_at: this.#begunAt, answers };
      const day = currentDay();
      this.#pending = () => keepDraft(store, account, subject, day, begun);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), SOON_MS);
  }

  /** Writes what waits now. The answers stay on the screen whatever becomes of it. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const write = this.#pending;
    this.#pending = null;
    if (write) {
      underWay = underWay.then(write).catch((error: unknown) => {
        // The account left this phone: then nothing of it is to stay.
        if (!(error instanceof KeyChanged)) reportError(error);
      });
    }
    return underWay;
  }

  /** Before the answers are saved, so that no draft comes after what it was a draft of. */
  settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pending = null;
    return underWay;
  }

  stop(): void {
    void this.flush();
    this.#left.abort();
  }
}
