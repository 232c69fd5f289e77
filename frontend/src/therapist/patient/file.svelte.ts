import { ApiError, api } from '../../data/api/client.ts';
import type { PatientPage } from '../../data/api/types.ts';
import { Watch } from '../watch.svelte.ts';

/**
 * What the server told of a patient, and what it tells while the page stays open. That is shown at once, unless
 * the reader is in the middle of something: then it is offered.
 */
export class PatientFile {
  page = $state.raw<PatientPage | null>(null);
  /** What came meanwhile, until the reader asks for it. */
  newer = $state.raw<PatientPage | null>(null);
  failed = $state.raw<{ at: Date; error: ApiError } | null>(null);
  /** Of when the page is. */
  asOf = $state.raw<Date | null>(null);
  readonly watch: Watch;
  #fetch: () => Promise<PatientPage>;
  #occupied: () => boolean;
  #loads = 0;
  #loading: Promise<void> = Promise.resolve();

  constructor(id: string, episode: string | null, occupied: () => boolean) {
    this.#fetch = () => api.patient(id, episode);
    this.#occupied = occupied;
    this.watch = new Watch(
      () => this.#look(),
      (patients) => patients.includes(id),
    );
  }

  /** After what the reader did, or asked for: shown whatever they are doing. */
  load(): Promise<void> {
    this.#loading = this.#load();
    return this.#loading;
  }

  /** What the reader just did, before the server tells of it; an answer under way is from before that. */
  put(page: PatientPage): void {
    this.page = page;
    void this.load();
  }

  async #load(): Promise<void> {
    this.#loads += 1;
    const mine = this.#loads;
    const page = await this.#answer();
    if (page && mine === this.#loads) this.#show(page);
  }

  async #look(): Promise<void> {
    let page: PatientPage | null;
    let loads: number;
    do {
      loads = this.#loads;
      page = await this.#answer();
      // What the reader did themselves is on its way already, and no news.
      await this.#loading;
    } while (page && loads !== this.#loads);
    if (!page) return;
    const same = JSON.stringify(page) === JSON.stringify(this.page);
    if (this.page && !same && this.#occupied()) this.newer = page;
    else this.#show(same ? this.page! : page);
  }

  #show(page: PatientPage): void {
    this.page = page;
    this.newer = null;
    this.asOf = new Date();
  }

  async #answer(): Promise<PatientPage | null> {
    try {
      const page = await this.#fetch();
      this.failed = null;
      return page;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed = { at: new Date(), error };
      return null;
    }
  }
}

/** Whether somebody writes on a part of the screen: a form was opened there, or one that always stands has words. */
export function occupied(part: HTMLElement): boolean {
  const forms = [...part.querySelectorAll('form')].filter((form) => form.checkVisibility());
  return forms.some(
    (form) =>
      !('standing' in form.dataset) ||
      [...form.querySelectorAll('textarea')].some(({ value }) => value.trim() !== ''),
  );
}
