import { beforeEach, expect, test, vi } from 'vitest';
import type { Care } from '../../data/api/types.ts';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
});

const ONE = { id: 'one', number: 1, starts_on: '2026-03-01' };
const TWO = { id: 'two', number: 2, starts_on: '2026-03-20' };
const care = (...plans: (typeof ONE)[]) => ({ plan: plans.at(-1), plan_history: plans }) as Care;

/** The app as it is opened: what it said before is forgotten, what the phone keeps is not. */
async function opened() {
  vi.resetModules();
  return (await import('./plan-news.ts')).planNews;
}

beforeEach(() => kept.clear());

test('a first plan is no change, and neither is none', async () => {
  const planNews = await opened();
  expect(planNews(null)).toBeNull();
  expect(planNews(care(ONE))).toBeNull();
  expect(planNews(care(ONE))).toBeNull();
});

test('a change is said while the app stays open, and not when it is opened again', async () => {
  (await opened())(care(ONE));
  const planNews = await opened();
  expect(planNews(care(ONE, TWO))).toBe('2026-03-20');
  expect(planNews(care(ONE, TWO))).toBe('2026-03-20');
  expect((await opened())(care(ONE, TWO))).toBeNull();
});

test("somebody else's plan on the same phone is no change", async () => {
  (await opened())(care({ ...ONE, id: 'of another patient' }));
  expect((await opened())(care(ONE))).toBeNull();
});
