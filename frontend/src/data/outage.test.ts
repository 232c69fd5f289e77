/** A thousand phones after an outage: they come back spread out, and all within five minutes. */
import { expect, test } from 'vitest';
import { waitAfter } from './sender.ts';

const CLIENTS = 1_000;
const MINUTE = 60_000;
const LONGEST = 5 * MINUTE;
/** What they would ask for each minute if they came evenly over the longest wait. */
const STEADY = CLIENTS / (LONGEST / MINUTE);

type Wait = typeof waitAfter;

/** Deterministic chance, so that a failing run can be repeated. */
function generator(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/**
 * When each phone asks first after the server is back. All of them write in the first second of the outage,
 * the worst that a reminder at eight o'clock can do, and try again as the sender does.
 */
function returns(outage: number, wait: Wait, retryAfter: number | null, seed = 20261124): number[] {
  const random = generator(seed);
  return Array.from({ length: CLIENTS }, () => {
    let at = random() * 1_000;
    for (let failures = 0; at < outage; failures++) at += wait(failures, retryAfter, random);
    return at - outage;
  }).sort((a, b) => a - b);
}

/** The most requests within any one minute. */
function peak(times: readonly number[]): number {
  let [most, first] = [0, 0];
  times.forEach((at, last) => {
    while (times[first]! <= at - MINUTE) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

test.each([10, 20, 60, 24 * 60])(
  'after %d minutes the peak is twice a steady rate at most',
  (m) => {
    const times = returns(m * MINUTE, waitAfter, null);
    expect(times.at(-1)).toBeLessThanOrEqual(LONGEST);
    expect(peak(times)).toBeLessThanOrEqual(2 * STEADY);
  },
);

test.each([5, 30, 60])('it is, too, where the server asked for %d seconds first', (seconds) => {
  const times = returns(60 * MINUTE, waitAfter, seconds);
  expect(times.at(-1)).toBeLessThanOrEqual(LONGEST + seconds * 1_000);
  expect(peak(times)).toBeLessThanOrEqual(2 * STEADY);
});

test.each<[string, Wait]>([
  ['does not spread its tries', (failures, after) => waitAfter(failures, after, () => 1)],
  [
    'spreads only half of the wait',
    (failures, after, random) => waitAfter(failures, after, () => 0.5 + random() / 2),
  ],
  [
    'waits for a minute at most',
    (failures, after, random) => Math.min(MINUTE, waitAfter(failures, after, random)),
  ],
  [
    'comes back at once when told to',
    (failures, after, random) => (after ? after * 1_000 : waitAfter(failures, after, random)),
  ],
])('a phone that %s is caught', (_, wait) => {
  const peaks = [10, 20, 60].flatMap((m) => [
    peak(returns(m * MINUTE, wait, null)),
    peak(returns(m * MINUTE, wait, 60)),
  ]);
  expect(Math.max(...peaks)).toBeGreaterThan(2 * STEADY);
});
