import { expect, test } from 'vitest';
import { csv } from './csv.ts';

const BEGINNINGS = ['=', '+', '-', '@', '\t', '\r', '\n', '\0'];
const PIECES = [
  ...BEGINNINGS,
  '"',
  '""',
  ',',
  "'",
  ' ',
  'a',
  'é',
  '1+1',
  'cmd|calc',
  '\r\n',
  '\u2028',
];

/** The cells of a file as a spreadsheet reads them (RFC 4180). */
function read(file: string): string[][] {
  const rows: string[][] = [[]];
  for (const [whole, quoted, plain, end] of file.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    if (!whole) break;
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** The same numbers in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('of 5,000 texts none becomes a formula, another cell or another row (SE-8)', () => {
  const chance = numbers(20261128);
  const drawn = (below: number) => Math.floor(chance.next().value * below);
  const text = () => Array.from({ length: drawn(6) }, () => PIECES[drawn(PIECES.length)]).join('');
  const harmless = (one: string) =>
    BEGINNINGS.includes(one.replace(/^'+/, '')[0] ?? '') ? `'${one}` : one;
  const wrong: string[] = [];
  let begun = 0;
  for (let number = 0; number < 5_000; number++) {
    const written = [text(), text(), text()];
    const expected = written.map(harmless);
    const file = csv([written]);
    if (JSON.stringify(read(file)) !== JSON.stringify([expected])) wrong.push(file);
    begun += expected.filter((cell, at) => cell !== written[at]).length;
  }
  expect(wrong).toEqual([]);
  expect(begun).toBeGreaterThan(1_000);
});

test('a number that is below zero stays a number, and what was not answered is empty', () => {
  expect(csv([[-3, null, 0]])).toBe('-3,,0\r\n');
});
