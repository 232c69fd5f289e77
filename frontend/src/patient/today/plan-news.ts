/** Says once that the plan has changed: at the first opening after the change, for as long as the app stays open. */
import type { Bilingual, Care } from '../../data/api/types.ts';

export interface PlanNews {
  /** the day from which the plan holds */
  from: string;
  /** since the plan that this phone showed before, oldest first */
  changes: readonly Bilingual[];
}

const SEEN = 'glidepath.plan-seen';
const news = new Map<string, PlanNews>();

/** What is new about a plan that this phone has not shown before, or null. A first plan is no change. */
export function planNews(care: Care | null): PlanNews | null {
  if (!care?.plan) return null;
  const { id, number, starts_on } = care.plan;
  const seen = localStorage.getItem(SEEN);
  // A plan that is not of this patient's history was seen by somebody else, who used this phone before.
  const before = care.plan_history.find((plan) => plan.id === seen);
  if (before && seen !== id) {
    const since = care.plan_history.filter(
      (plan) => plan.number > before.number && plan.number <= number,
    );
    const changes = since
      .sort((a, b) => a.number - b.number)
      // A history that the phone kept from before there were words has none.
      .flatMap((plan) => plan.changes ?? []);
    news.set(id, { from: starts_on, changes });
  }
  localStorage.setItem(SEEN, id);
  return news.get(id) ?? null;
}
