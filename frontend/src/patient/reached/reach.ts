/** How far an entry has come that the clinic is told of at once, from what this phone knows. */
import type { Care } from '../../data/api/types.ts';

type Reached = Care['reached'][number];
export type Reach =
  | { stage: 'phone' }
  /** The server has it; `at` is null where it raised nothing new, so that nobody is told of it. */
  | { stage: 'sent'; at: string | null; as_of: string | null }
  | { stage: 'told'; at: string; told_at: string; as_of: string | null }
  | { stage: 'looked'; at: string; looked_at: string; by: string };

/**
 * `ids`: of the entry in all its versions; `unsent`: what the clinic has not confirmed. What waits on the phone
 * comes first: the clinic may know an older version, but not this one.
 */
export function reachOf(
  care: Pick<Care, 'reached'> | null,
  ids: ReadonlySet<string>,
  unsent: ReadonlySet<string>,
): Reach {
  if ([...ids].some((id) => unsent.has(id))) return { stage: 'phone' };
  // A care plan that an earlier version kept has none.
  const found = (care?.reached ?? []).filter(({ entry_ids }) =>
    entry_ids.some((id) => ids.has(id)),
  );
  const [latest] = found.sort((a, b) => Date.parse(b.received_at) - Date.parse(a.received_at));
  return latest ? stageOf(latest) : { stage: 'sent', at: null, as_of: null };
}

function stageOf({ received_at: at, told_at, looked_at, looked_by, as_of }: Reached): Reach {
  if (looked_at && looked_by) return { stage: 'looked', at, looked_at, by: looked_by };
  if (told_at) return { stage: 'told', at, told_at, as_of };
  return { stage: 'sent', at, as_of };
}
