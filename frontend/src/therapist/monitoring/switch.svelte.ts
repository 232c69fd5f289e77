/** Whether the clinic monitors at all: asked once, and in the United States alone. */
import { ApiError } from '../../data/api/client.ts';
import { monitoringApi } from '../../data/api/monitoring.ts';
import type { Me } from '../../data/api/types.ts';

const COUNTRY = 'US';

class Switch {
  on = $state(false);
  /** for which account it was asked, and the question: two parts of a page wait for one answer */
  #asked: { by: string; answer: Promise<void> } | null = null;

  ask(me: Me | null): Promise<void> {
    if (me?.clinic.country !== COUNTRY) return Promise.resolve();
    if (this.#asked?.by !== me.account.id) {
      this.#asked = { by: me.account.id, answer: this.#find() };
    }
    return this.#asked.answer;
  }

  async #find(): Promise<void> {
    this.on = false;
    try {
      this.on = (await monitoringApi.setting()).on;
    } catch (error) {
      // 404: it is off, and there is nothing of it.
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 404) this.#asked = null;
    }
  }
}

export const monitoring = new Switch();
