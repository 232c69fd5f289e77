import { keptBack } from '../../app/kept-back.ts';
import { ApiError } from '../../data/api/client.ts';
import { problemOf } from '../../data/passkeys.ts';
import { t } from '../../i18n/index.svelte.ts';
import { problem } from '../problem.ts';

/** What went wrong with a code. */
export function ofCode(error: unknown, wrong: string): string {
  const kept = keptBack(error);
  if (kept) return kept;
  return error instanceof ApiError && error.code === 'wrong_code' ? wrong : problem(error);
}

/** What went wrong with a passkey; the browser's own reasons as well. */
export function ofPasskey(error: unknown): string {
  const found = problemOf(error);
  if (found === 'cancelled') return t('second:setUp.cancelled');
  if (found === 'known') return t('second:setUp.known');
  if (found === 'offline') return t('errors.offline');
  if (!(error instanceof ApiError)) reportError(error);
  return t('second:setUp.failed');
}

/** What went wrong with removing one. */
export function ofRemoval(error: unknown): string {
  const last = error instanceof ApiError && error.code === 'last_factor';
  return last ? t('second:ways.lastFactor') : problem(error);
}
