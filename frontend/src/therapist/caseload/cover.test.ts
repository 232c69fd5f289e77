import { describe, expect, it } from 'vitest';
import { missingOf } from './cover.ts';

const TODAY = '2026-03-10';
const whole = { absent_id: 'a', cover_id: 'b', starts_on: '2026-03-12', ends_on: '2026-03-20' };

describe('what keeps an absence from being entered', () => {
  it.each([
    [{}, []],
    [{ starts_on: '2026-03-01', ends_on: TODAY }, []],
    [{ ends_on: '2026-03-12' }, []],
    [{ cover_id: '' }, ['cover']],
    [{ cover_id: 'a' }, ['cover']],
    [{ starts_on: '' }, ['from']],
    [{ ends_on: '' }, ['until']],
    [{ ends_on: '2026-03-11' }, ['until']],
    [{ starts_on: '2026-03-01', ends_on: '2026-03-09' }, ['until']],
    [{ ends_on: '2027-03-13' }, []],
    [{ ends_on: '2027-03-14' }, ['until']],
    [{ cover_id: '', starts_on: '', ends_on: '' }, ['cover', 'from', 'until']],
  ])('%o', (change, missing) => {
    expect(missingOf({ ...whole, ...change }, TODAY)).toEqual(missing);
  });
});
