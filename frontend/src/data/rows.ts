/** The two forms of what is kept: as the app uses it, and as it lies on the phone. */
import type { Care } from './api/types.ts';
import type { Item, KeptCare, KeptDraft, KeptEntry } from './tables.ts';
import type { Vault } from './vault.ts';

/** The name under which an account's care is sealed: no entry's id is like it. */
const CARE = 'care';

export async function asEntryRow(vault: Vault, item: Item): Promise<KeptEntry> {
  const { id } = item.entry;
  const revises = 'revises' in item.entry ? item.entry.revises : null;
  const sealed = await vault.seal(id, { kind: item.kind, entry: item.entry });
  return { id, account_id: vault.account, kind: item.kind, revises, sealed };
}

export function openEntry(vault: Vault, row: KeptEntry): Promise<Item | null> {
  return vault.open<Item>(row.id, row.sealed);
}

export async function asCareRow(
  vault: Vault,
  care: Care,
  diary_pulled_at: string | null,
): Promise<KeptCare> {
  return { account_id: vault.account, sealed: await vault.seal(CARE, care), diary_pulled_at };
}

export function openCare(vault: Vault, row: KeptCare): Promise<Care | null> {
  return vault.open<Care>(CARE, row.sealed);
}

/** What somebody had answered when they were interrupted. */
export interface Begun {
  begun_at: string;
  /** As the screen that asks has them. */
  answers: unknown;
}

const ofDraft = (subject: string) => `draft ${subject}`;

export async function asDraftRow(
  vault: Vault,
  subject: string,
  day: string,
  begun: Begun,
): Promise<KeptDraft> {
  const sealed = await vault.seal(ofDraft(subject), begun);
  return { account_id: vault.account, subject, day, sealed };
}

export function openDraft(vault: Vault, row: KeptDraft): Promise<Begun | null> {
  return vault.open<Begun>(ofDraft(row.subject), row.sealed);
}
