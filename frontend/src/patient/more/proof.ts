import { PROVES as STORED } from '../../app/session.svelte.ts';

/** Whose account has a way in, kept for when there is no connection in which to ask. */
export const hasWays = (account: string): boolean => localStorage.getItem(STORED) === account;

export function keepWays(account: string, some: boolean): void {
  if (some) localStorage.setItem(STORED, account);
  else localStorage.removeItem(STORED);
}
