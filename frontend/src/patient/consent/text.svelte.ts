import { ApiError } from '../../data/api/client.ts';
import { consentApi } from '../../data/api/consent.ts';
import type { ConsentPage } from '../../data/api/types.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { PatientDiary } from '../diary.svelte.ts';

/** The text from the clinic, and the patient's word on it: both need a network. */
export class ConsentText {
  page = $state.raw<ConsentPage | null>(null);
  failed = $state('');
  #busy = false;

  load = (): Promise<boolean> =>
    this.#run(async () => {
      this.page = await consentApi.page();
    });

  /** Whether it was said, and the phone knows of it. */
  say(diary: PatientDiary, version: number, agrees: boolean): Promise<boolean> {
    return this.#run(async () => {
      const stands = await consentApi.say(version, agrees);
      if (this.page) this.page = { ...this.page, stands };
      await diary.sync.anew();
    });
  }

  async #run(work: () => Promise<void>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.failed = '';
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isNewer = error.code === 'consent_outdated';
      if (isNewer) this.page = await consentApi.page().catch(() => this.page);
      this.failed = isNewer
        ? t('consent:newer')
        : t(error.offline ? 'consent:offline' : 'errors.server');
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
