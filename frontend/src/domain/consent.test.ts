import { expect, test } from 'vitest';
import type { Consent } from '../data/api/types.ts';
import { comesFirst, holdsBack } from './consent.ts';

const stands = (state: Consent['state']): Consent => ({ state, asked: 2, version: 1, at: null });

test('entries wait unless the patient agreed to the text that is asked', () => {
  const held = (['never', 'outdated', 'withdrawn', 'agreed'] as const).map((state) =>
    holdsBack(stands(state)),
  );
  expect(held).toEqual([true, true, true, false]);
  expect(holdsBack(undefined)).toBe(false);
});

test('a changed text does not keep anybody from writing', () => {
  const first = (['never', 'outdated', 'withdrawn', 'agreed'] as const).map((state) =>
    comesFirst(stands(state)),
  );
  expect(first).toEqual([true, false, true, false]);
  expect(comesFirst(undefined)).toBe(false);
});
