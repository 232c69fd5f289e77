/** Says once that the plan has changed: at the first opening after the change, for as long as the app stays open. */
import type { Care } from '../../data/api/types.ts';

const SEEN = 'glidepath.plan-seen';
const news = new Set<string>();

/** The day from which a plan holds that this phone has not shown before, or null. A first plan is no change. */
export function planNews(care: Care | null): string | null {
  if (!care?.plan) return null;
  const { id, starts_on } = care.plan;
  const seen = localStorage.getItem(SEEN);
  // A plan that is not of this patient's history was seen by somebody else, who used this phone before.
  if (seen !== id && care.plan_history.some((plan) => plan.id === seen)) news.add(id);
  localStorage.setItem(SEEN, id);
  return news.has(id) ? starts_on : null;
}
