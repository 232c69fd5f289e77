import { describe, expect, test } from 'vitest';
import { sparkFigures, sparkPaths, type Spark } from './spark.ts';

const silent = '-'.repeat(28);
const spark = (pain: string, more: Partial<Spark> = {}): Spark => ({
  pain: pain.padStart(28, '-'),
  nerve: silent,
  place: silent,
  ...more,
});
const DASH = 'm-.6,0h1.2';
const strokes = (path: string): number => path.split('M').length - 1;

describe('a thumbnail', () => {
  test('draws ten at the top and zero on the floor', () => {
    const [line, disc] = sparkPaths(spark('a0')).pain.split(/(?<=22.0)M/);
    expect(line).toBe('M132.5,3.0L137.5,22.0');
    expect(disc).toMatch(/^137.5,22.0m/);
  });

  test('breaks its line where a day was not rated', () => {
    const { pain } = sparkPaths(spark('33-33'));
    expect(strokes(pain)).toBe(2 + 1);
    expect(pain).not.toContain(DASH);
  });

  test('shows a rated day without neighbours as a dash', () => {
    const { pain } = sparkPaths(spark('3-3-33'));
    expect(pain.split(DASH)).toHaveLength(3);
  });

  test('hatches only days on which nobody said anything', () => {
    const rest = '3'.repeat(26);
    expect(sparkPaths(spark(`--${rest}`)).gaps).toBe('M0,12.5h10');
    const place = '22'.padEnd(28, '-');
    expect(sparkPaths(spark(`--${rest}`, { place })).gaps).toBe('');
  });

  test('marks nerve symptoms, and not the answer that there were none', () => {
    expect(strokes(sparkPaths(spark('33', { nerve: '0-21'.padStart(28, '-') })).flags)).toBe(2);
  });

  test('of nothing draws nothing but the hatch', () => {
    expect(sparkPaths(spark(''))).toEqual({ pain: '', flags: '', gaps: 'M0,12.5h140' });
  });
});

test('its figures count days, not characters', () => {
  const days = spark('a--0', { nerve: '1--0'.padStart(28, '-'), place: '-2--'.padStart(28, '-') });
  expect(sparkFigures(days)).toEqual({ logged: 3, latest: 0, nerveDays: 1 });
  expect(sparkFigures(spark(''))).toEqual({ logged: 0, latest: null, nerveDays: 0 });
});
