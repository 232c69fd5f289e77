import { ApiError } from '../../data/api/client.ts';
import { monitoringApi } from '../../data/api/monitoring.ts';
import type { MonitoringSetting, Worklist } from '../../data/api/types.ts';
import { Watch } from '../watch.svelte.ts';
import { monitoring } from './switch.svelte.ts';

/** The worklist and the clinic's own setting as last told by the server, and since when it has not answered. */
export class MonitoredList {
  setting = $state.raw<MonitoringSetting | null>(null);
  data = $state.raw<Worklist | null>(null);
  failed = $state.raw<{ at: Date; error: ApiError } | null>(null);
  asOf = $state.raw<Date | null>(null);
  readonly watch = new Watch((isCurrent) => this.#ask(isCurrent));

  refresh(): Promise<void> {
    return this.watch.now();
  }

  /** Shows at once what an admin chose; the list comes and goes with it. */
  put(next: MonitoringSetting): void {
    this.#show(next);
    void this.watch.changed();
  }

  #show(next: MonitoringSetting): void {
    this.setting = next;
    monitoring.on = next.on;
  }

  async #ask(isCurrent: () => boolean): Promise<void> {
    try {
      const setting = await monitoringApi.setting();
      const data = setting.on ? await monitoringApi.worklist() : null;
      this.failed = null;
      if (!isCurrent()) return;
      this.data = data;
      this.#show(setting);
      this.asOf = new Date();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed = { at: new Date(), error };
    }
  }
}
