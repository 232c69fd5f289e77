import { ApiError, api } from '../../data/api/client.ts';
import type { Alert, Triage } from '../../data/api/types.ts';
import { Live } from '../live.svelte.ts';

const EVERY_MS = 30_000;
/** Many changes soon after another are one reason to ask. */
const GATHER_MS = 100;
const APART_MS = 1_000;

/** The triage list as last told by the server, and since when it has not answered. */
export class TriageList {
  data = $state.raw<Triage | null>(null);
  failed = $state.raw<{ at: Date; error: ApiError } | null>(null);
  busy = $state(false);
  readonly opened = new Date();
  readonly live = new Live(() => this.#askSoon());
  #soon: ReturnType<typeof setTimeout> | undefined;
  #answered = 0;

  async refresh(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    try {
      this.data = await api.triage();
      this.failed = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed = { at: new Date(), error };
    } finally {
      this.busy = false;
      this.#answered = Date.now();
    }
  }

  /** Also while an answer is under way: it may be from before the change. */
  #askSoon(): void {
    const wait = Math.max(GATHER_MS, this.#answered + APART_MS - Date.now());
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.busy) this.#askSoon();
      else void this.refresh();
    }, wait);
  }

  /**
   * Asks now, at every change that the server tells of, and every 30 s while it tells nothing; all of it only
   * while the page is visible. Returns what ends it.
   */
  watch(): () => void {
    const ask = (): void => {
      if (document.visibilityState !== 'visible') return;
      this.live.open();
      if (this.live.state !== 'live') void this.refresh();
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

  /** Shows at once what was done, or what somebody else did; the next answer of the server says the rest. */
  put(alerts: readonly Alert[]): void {
    if (!this.data) return;
    const changed = new Map(alerts.map((alert) => [alert.id, alert]));
    const rows = this.data.rows.map((row) => {
      const alert = changed.get(row.alert?.id ?? '');
      if (!row.alert || !alert) return row;
      const { state, version, snoozed_until } = alert;
      return { ...row, alert: { ...row.alert, state, version, snoozed_until } };
    });
    this.data = { ...this.data, rows };
    void this.refresh();
  }
}
