import { expect, test } from 'vitest';
import { countries } from './countries.ts';

test('every country is there once, in the reader’s language, and nothing that is none', () => {
  const found = countries('es');
  const names = new Map(found.map(({ code, name }) => [code, name]));
  expect(names.get('ES')).toBe('España');
  expect(names.get('US')).toBe('Estados Unidos');
  for (const none of ['EU', 'ZZ', 'UK', 'DD', 'SU', 'XA'])
    expect(names.has(none), none).toBe(false);
  expect(found.length).toBe(names.size);
  expect(found.length).toBeGreaterThan(240);
  expect(found.length).toBeLessThan(255);
});
