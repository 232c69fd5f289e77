import { describe, expect, test } from 'vitest';
import { blankScreening, isBlocked, screeningBody } from './screening.ts';

const asked = { ...blankScreening('id'), version: 1, blocking: ['fever'] };

describe('a screening', () => {
  test('of which nothing was asked is none', () => {
    expect(screeningBody(asked)).toBeNull();
    expect(screeningBody({ ...asked, note: '  ' })).toBeNull();
  });

  test('sends what was answered, and nothing for what was not asked', () => {
    expect(screeningBody({ ...asked, answers: { fever: 'no' }, note: ' Well. ' })).toEqual({
      id: 'id',
      version: 1,
      answers: { fever: 'no' },
      note: 'Well.',
    });
  });

  test('leaves no room for a plan with one "yes" to a sign, and room with any other', () => {
    expect(isBlocked({ ...asked, answers: { fever: 'yes' } })).toBe(true);
    expect(isBlocked({ ...asked, answers: { fever: 'no', pregnancy: 'yes' } })).toBe(false);
  });
});
