import { describe, expect, test } from 'vitest';
import { addDays } from '../domain/days.ts';
import type { Place } from '../domain/vocabulary.ts';
import type { ChartDay } from './days.ts';
import {
  brokenLine,
  dateTicks,
  dayAt,
  dayX,
  dots,
  frame,
  hatch,
  onsetSpan,
  placeLabels,
  placeSteps,
  planLines,
  upward,
} from './geometry.ts';

const ALL = { sessions: true, tests: true, plans: true, onset: true, marks: true };
const PLAIN = { sessions: false, tests: false, plans: false, onset: false, marks: false };
const x = (i: number): number => i * 10;
const y = (value: number): number => 100 - value * 10;
const strokes = (path: string): number => path.split('M').length - 1;

describe('a line of answers', () => {
  test('breaks at a missing day', () => {
    expect(brokenLine([1, 2, null, 4, 5], x, y)).toBe('M0,90L10,80M30,60L40,50');
  });

  test('goes down to zero for a zero and not for a missing day', () => {
    expect(brokenLine([5, 0, 5], x, y)).toBe('M0,50L10,100L20,50');
    expect(brokenLine([5, null, 5], x, y)).not.toContain('10,100');
  });

  test('has no stroke through nothing', () => {
    expect(brokenLine([null, null], x, y)).toBe('');
  });
});

test('a zero has a dot at zero and a missing day has none', () => {
  expect(dots([0, null, undefined, 3], x, y)).toEqual([
    { i: 0, x: 0, y: 100, value: 0 },
    { i: 3, x: 30, y: 70, value: 3 },
  ]);
});

describe('frame', () => {
  test.each([340, 390, 620, 900])('at %i px keeps its strips apart and in order', (width) => {
    const f = frame(width, 28, ALL);
    const bands = [f.pain, f.nerve, f.place, f.sessions!, f.tests!];
    bands.forEach((band) => expect(band.bottom).toBeGreaterThan(band.top));
    bands.slice(1).forEach((band, i) => expect(band.top).toBeGreaterThan(bands[i]!.bottom));
    expect(f.dates).toBeLessThan(f.height);
    expect(dayX(f, 27)).toBeLessThan(f.end);
    expect(dayX(f, 0)).toBeGreaterThan(f.start);
  });

  test('keeps the rows above the strips apart, and gives no room to rows that are not there', () => {
    const f = frame(390, 28, ALL);
    expect([0, f.plans, f.onset, f.marks]).toEqual(
      [0, f.plans, f.onset, f.marks].toSorted((a, b) => a - b),
    );
    expect(f.marks).toBeLessThan(f.pain.top);
    expect(frame(390, 28, PLAIN).marks).toBe(0);
  });

  test('without sessions leaves their strip out', () => {
    expect(frame(340, 28, PLAIN).sessions).toBeNull();
    expect(frame(340, 28, PLAIN).height).toBeLessThan(frame(340, 28, ALL).height);
  });

  test('survives a width of zero, as before the first layout', () => {
    expect(frame(0, 28, ALL).step).toBeGreaterThan(0);
  });

  test('finds the day under a point and stays inside', () => {
    const f = frame(340, 28, ALL);
    expect(dayAt(f, dayX(f, 9), 28)).toBe(9);
    expect(dayAt(f, -50, 28)).toBe(0);
    expect(dayAt(f, 5000, 28)).toBe(27);
  });
});

test('the pain scale puts zero on the floor and ten on top', () => {
  const scale = upward({ top: 20, bottom: 170 }, 10);
  expect(scale(0)).toBe(170);
  expect(scale(10)).toBe(20);
});

test('the place strip goes down the leg and stops where no place was given', () => {
  const f = frame(340, 4, PLAIN);
  const places: (Place | null)[] = ['thigh', 'foot', null, 'back'];
  const days = places.map((place, i): ChartDay => ({
    date: addDays('2025-03-01', i),
    pain: 1,
    nerve: null,
    place,
  }));
  const path = placeSteps(days, f);
  expect(strokes(path)).toBe(2);
  expect(path).toContain(`,${f.place.bottom}`);
  expect(path.split('M')[2]).toContain(`,${f.place.top}`);
});

test('a place is named where it begins if it stays for long enough, and the last one anyway', () => {
  const f = frame(640, 28, PLAIN);
  const days = Array.from({ length: 28 }, (_, i): ChartDay => ({
    date: addDays('2025-03-01', i),
    pain: 1,
    nerve: null,
    place: i === 9 ? null : i < 14 ? 'thigh' : i === 15 ? 'foot' : i < 27 ? 'calf' : 'foot',
  }));
  expect(placeLabels(days, f).map((label) => label.place)).toEqual(['thigh', 'calf', 'foot']);
  // Where there is no room for two, the last one stands alone.
  const late = days.map((day, i): ChartDay => ({ ...day, place: i < 23 ? 'thigh' : day.place }));
  expect(placeLabels(late, f).map((label) => label.place)).toEqual(['thigh', 'foot']);
});

describe('hatch', () => {
  const numbers = (path: string): number[] => path.match(/-?\d+(\.\d+)?/g)!.map(Number);

  test.each([
    [10, 18, { top: 30, bottom: 180 }],
    [33.3, 300.1, { top: 5, bottom: 20 }],
  ])('stays inside its rectangle (%f to %f)', (x0, x1, band) => {
    const path = hatch(x0, x1, band);
    expect(strokes(path)).toBeGreaterThan(0);
    numbers(path).forEach((n, i) => {
      const [low, high] = i % 2 === 0 ? [x0, x1] : [band.top, band.bottom];
      expect(n).toBeGreaterThanOrEqual(low - 0.06);
      expect(n).toBeLessThanOrEqual(high + 0.06);
    });
  });
});

describe('date ticks', () => {
  test('name the newest day and leave room between labels', () => {
    const ticks = dateTicks(90, 10);
    expect(ticks.at(-1)).toBe(89);
    expect(ticks.at(-1)! - ticks.at(-2)!).toBe(7);
  });

  test('of one day are that day', () => {
    expect(dateTicks(1, 300)).toEqual([0]);
  });
});

describe('plan lines', () => {
  const f = frame(640, 28, PLAIN);
  const plans = [
    { number: 3, starts_on: '2025-03-11' },
    { number: 2, starts_on: '2025-03-10' },
    { number: 1, starts_on: '2024-12-01' },
  ];

  test('leave out a plan that began before the chart', () => {
    expect(planLines(plans, '2025-03-01', 28, f).map((p) => p.number)).toEqual([2, 3]);
  });

  test('mark the label that would run into its neighbour', () => {
    expect(planLines(plans, '2025-03-01', 28, f).map((p) => p.crowded)).toEqual([false, true]);
  });
});

describe('the span of an alert', () => {
  const f = frame(640, 28, PLAIN);

  test('reaches from its onset to the last day', () => {
    const span = onsetSpan('2025-03-20', null, '2025-03-01', 28, f)!;
    expect(span.x0).toBeCloseTo(f.start + 19 * f.step);
    expect(span.x1).toBeCloseTo(f.end);
  });

  test('that began before the chart is cut at its edge', () => {
    expect(onsetSpan('2025-01-20', '2025-03-02', '2025-03-01', 28, f)!.x0).toBe(f.start);
  });

  test('that ended before the chart is not drawn', () => {
    expect(onsetSpan('2025-01-20', '2025-02-02', '2025-03-01', 28, f)).toBeNull();
    expect(onsetSpan(null, null, '2025-03-01', 28, f)).toBeNull();
  });
});
