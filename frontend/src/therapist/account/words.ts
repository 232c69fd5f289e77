import { ApiError } from '../../data/api/client.ts';
import { t } from '../../i18n/index.svelte.ts';
import { problem } from '../problem.ts';

/** No rule but a length: it is counted in letters, whatever they are made of. */
export const SHORTEST = 15;
export const isShort = (passphrase: string): boolean => [...passphrase].length < SHORTEST;
export const isAddress = (email: string): boolean => /^[^\s@]+@[^\s@]+$/.test(email.trim());

const CODES = [
  'address_taken',
  'last_admin',
  'closed',
  'invited',
  'passphrase_too_short',
  'passphrase_too_long',
  'passphrase_too_common',
] as const;

/** A sentence about a deed on an account that failed. */
export function accountProblem(error: unknown): string {
  const code = error instanceof ApiError && CODES.find((one) => one === error.code);
  return code ? t(`account:staff.errors.${code}`) : problem(error);
}
