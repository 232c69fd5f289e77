import { beforeEach, expect, test, vi } from 'vitest';
import type { Care } from '../../data/api/types.ts';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
});

const words = (text: string) => ({ en: text, es: text });
const ONE = { id: 'one', number: 1, starts_on: '2026-03-01', changes: [] };
const TWO = { id: 'two', number: 2, starts_on: '2026-03-20', changes: [words('two')] };
const THREE = { id: 'three', number: 3, starts_on: '2026-03-21', changes: [words('three')] };
/** As the server tells it: the newest first, and the newest holds. */
const care = (...plans: object[]) =>
  ({ plan: plans.at(-1), plan_history: plans.toReversed() }) as Care;

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
  const told = { from: '2026-03-20', changes: [words('two')] };
  expect(planNews(care(ONE, TWO))).toEqual(told);
  expect(planNews(care(ONE, TWO))).toEqual(told);
  expect((await opened())(care(ONE, TWO))).toBeNull();
});

test('a phone that missed a version is told of both, in their order', async () => {
  (await opened())(care(ONE));
  const planNews = await opened();
  expect(planNews(care(ONE, TWO, THREE))?.changes).toEqual([words('two'), words('three')]);
});

test('a plan that is still to come is not told of yet', async () => {
  (await opened())(care(ONE));
  const history = care(ONE, TWO, THREE);
  const planNews = await opened();
  expect(planNews({ ...history, plan: TWO } as unknown as Care)?.changes).toEqual([words('two')]);
});

test('a history kept from before there were words is told without them', async () => {
  (await opened())(care(ONE));
  const { changes: _, ...old } = TWO;
  const planNews = await opened();
  expect(planNews(care(ONE, old))).toEqual({ from: '2026-03-20', changes: [] });
});

test("somebody else's plan on the same phone is no change", async () => {
  (await opened())(care({ ...ONE, id: 'of another patient' }));
  expect((await opened())(care(ONE))).toBeNull();
});
