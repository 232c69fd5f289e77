import { ApiError, api } from '../../data/api/client.ts';
import type { Alert, Triage } from '../../data/api/types.ts';
import { Watch } from '../watch.svelte.ts';

/** The triage list as last told by the server, and since when it has not answered. */
export class TriageList {
  data = $state.raw<Triage | null>(null);
  failed = $state.raw<{ at: Date; error: ApiError } | null>(null);
  readonly watch = new Watch((isCurrent) => this.#ask(isCurrent));

  refresh(): Promise<void> {
    return this.watch.now();
  }

  async #ask(isCurrent: () => boolean): Promise<void> {
    try {
      const data = await api.triage();
      if (isCurrent()) this.data = data;
      this.failed = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed = { at: new Date(), error };
    }
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
    void this.watch.changed();
  }
}
