import { ApiError } from '../data/api/client.ts';
import { count, t } from '../i18n/index.svelte.ts';

const SOON_SECONDS = 60;

/** Why a secret could not be tried at all and when it can be; null where it was tried, or nobody can say when. */
export function keptBack(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null;
  const busy = error.code === 'busy';
  if (!busy && error.status !== 429) return null;
  const wait = inWords(error.retryAfterSeconds ?? SOON_SECONDS);
  return t(busy ? 'errors.busy' : 'errors.tooOften', { wait });
}

/** "30 seconds", "2 minutes": never too short. */
function inWords(seconds: number): string {
  const soon = seconds < SOON_SECONDS;
  const amount = Math.max(1, Math.ceil(soon ? seconds : seconds / 60));
  const unit = soon ? 'second' : 'minute';
  return count(amount, { style: 'unit', unit, unitDisplay: 'long' });
}
