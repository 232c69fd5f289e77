import { describe, expect, expectTypeOf, test } from 'vitest';
import { translate, type KeyOf, type Texts } from './translate.ts';

const texts = {
  hello: 'Hello, {{name}}',
  deep: { down: 'There' },
  days_one: '{{count}} day',
  days_other: '{{count}} days',
};

test('finds texts at any depth and fills in values', () => {
  expect(translate(texts, 'en', 'deep.down')).toBe('There');
  expect(translate(texts, 'en', 'hello', { name: '$& <b>' })).toBe('Hello, $& <b>');
});

test('chooses the plural of the language', () => {
  expect([0, 1, 2].map((count) => translate(texts, 'en', 'days', { count }))).toEqual([
    '0 days',
    '1 day',
    '2 days',
  ]);
});

test('a file may have its own words for none', () => {
  const own = { days_zero: 'no day', days_other: '{{count}} days' };
  expect(translate(own, 'en', 'days', { count: 0 })).toBe('no day');
  expect(translate(own, 'en', 'days', { count: 3 })).toBe('3 days');
});

test('a plural that a file lacks falls back to "other"', () => {
  expect(translate(texts, 'es', 'days', { count: 1_000_000 })).toBe('1000000 days');
});

test('a missing text shows its key, and a missing value its hole', () => {
  expect(translate(texts, 'en', 'nowhere.at.all')).toBe('nowhere.at.all');
  expect(translate(texts, 'en', 'hello')).toBe('Hello, {{name}}');
});

test('the type of a key knows the levels and not the plurals', () => {
  expectTypeOf<KeyOf<typeof texts>>().toEqualTypeOf<'hello' | 'deep.down' | 'days'>();
});

describe('every text exists in both languages, with the same values', () => {
  const files = import.meta.glob<Texts>('../../messages/*/*.json', {
    import: 'default',
    eager: true,
  });
  const english = Object.keys(files).filter((path) => path.includes('/en/'));
  // A language may need more plurals than another one; what they mean is one text.
  const flat = (at: Texts, path = ''): [string, string][] =>
    Object.entries(at).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[path + key.replace(/_(zero|one|many|other)$/, ''), value] as [string, string]]
        : flat(value, `${path}${key}.`),
    );
  const shape = (texts: Texts) =>
    Object.fromEntries(
      flat(texts).map(([key, text]) => [
        key,
        [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort(),
      ]),
    );

  test.each(english)('%s', (path) => {
    const spanish = files[path.replace('/en/', '/es/')];
    expect(spanish).toBeDefined();
    expect(shape(spanish!)).toEqual(shape(files[path]!));
  });
});
