import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hoursInWords } from './hours.ts';

interface Case {
  name: string;
  week: [string, string][][];
  closed_on: string[];
  today: string;
  en: string;
  es: string;
}
const cases = JSON.parse(
  readFileSync(new URL('../../../../tests/fixtures/opening_hours.json', import.meta.url), 'utf-8'),
) as Case[];

it.each(cases)('says as the server does: $name', ({ week, closed_on, today, en, es }) => {
  const spans = week.map((day) => day.map(([opens, closes]) => ({ opens, closes })));
  expect(hoursInWords(spans, closed_on, today, 'en')).toBe(en);
  expect(hoursInWords(spans, closed_on, today, 'es')).toBe(es);
});
