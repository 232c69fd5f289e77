import { ApiError, api } from '../../data/api/client.ts';
import type { Alert, RowAlert, Triage } from '../../data/api/types.ts';

const EVERY_MS = 30_000;

/** The triage list as last told by the server, and since when it has not answered. */
export class TriageList {
  data = $state.raw<Triage | null>(null);
  failed = $state.raw<{ at: Date; error: ApiError } | null>(null);
  busy = $state(false);

  async refresh(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      this.data = await api.triage();
      this.failed = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed = { at: new Date(), error };
    } finally {
      this.busy = false;
    }
  }

  /** Asks now and every 30 s while the page is visible; returns what ends it. */
  watch(): () => void {
    const ask = (): void => {
      if (document.visibilityState === 'visible') void this.refresh();
    };
    const timer = setInterval(ask, EVERY_MS);
    document.addEventListener('visibilitychange', ask);
    ask();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }

  async acknowledge(alert: RowAlert): Promise<void> {
    try {
      this.#put(await api.acknowledge(alert));
    } finally {
      // Also to show what somebody else did meanwhile.
      await this.refresh();
    }
  }

  #put({ id, state, version }: Alert): void {
    if (!this.data) return;
    const rows = this.data.rows.map((row) =>
      row.alert?.id === id ? { ...row, alert: { ...row.alert, state, version } } : row,
    );
    this.data = { ...this.data, rows };
  }
}
