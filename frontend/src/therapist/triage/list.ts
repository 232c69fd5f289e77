import type { Need, RowAlert, TriageRow } from '../../data/api/types.ts';

/** What a filter lets through: a need, or whoever wrote what nobody has read. */
export type Filter = Need | 'unread';

export const NEEDS: readonly Need[] = ['urgent', 'worsening', 'quiet', 'not_improving', 'steady'];

/** Letters without case and accents: "jose" finds "José". */
const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Whose patients: everybody whom one sees, or those of whose team one is. */
export type Whose = 'everybody' | 'mine';

const isMine = (row: TriageRow): boolean => row.mine && row.cover_for === null;

/** The rows of whom is asked for; where all are one's own, there is nothing to ask. */
export const of = (rows: readonly TriageRow[], whose: Whose): readonly TriageRow[] =>
  whose === 'mine' ? rows.filter(isMine) : rows;

export const hasOthers = (rows: readonly TriageRow[]): boolean => !rows.every(isMine);

/** The rows that match, in the order of the server; `filter` null keeps everybody. */
export function matching(
  rows: readonly TriageRow[],
  filter: Filter | null,
  search: string,
): TriageRow[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (filter === null || passes(row, filter)) &&
      words.every((word) => plain(row.name).includes(word)),
  );
}

const passes = (row: TriageRow, filter: Filter): boolean =>
  filter === 'unread' ? row.unread > 0 : row.need === filter;

export function counts(rows: readonly TriageRow[]): Record<Filter, number> {
  const filters: Filter[] = [...NEEDS, 'unread'];
  return Object.fromEntries(
    filters.map((filter) => [filter, rows.filter((row) => passes(row, filter)).length]),
  ) as Record<Filter, number>;
}

/** The alerts that several can be acknowledged of at once. */
export const open = (rows: readonly TriageRow[]): RowAlert[] =>
  rows.flatMap(({ alert }) => (alert?.state === 'open' ? [alert] : []));

export type ListKey =
  'next' | 'previous' | 'acknowledge' | 'snooze' | 'resolve' | 'choose' | 'undo' | 'search';

const KEYS: Record<string, ListKey> = {
  j: 'next',
  k: 'previous',
  a: 'acknowledge',
  s: 'snooze',
  r: 'resolve',
  x: 'choose',
  u: 'undo',
  '/': 'search',
};

/** What a key means for the list; null while somebody types, or holds a modifier. */
export function listKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  typing: boolean,
): ListKey | null {
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return null;
  return KEYS[event.key] ?? null;
}

/** The row to go to from row `current` (-1 = none yet); stays at the ends. */
export function step(current: number, rows: number, key: 'next' | 'previous'): number {
  if (rows === 0) return -1;
  if (current < 0) return 0;
  return Math.max(0, Math.min(rows - 1, current + (key === 'next' ? 1 : -1)));
}
