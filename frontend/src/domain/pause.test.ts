import { describe, expect, it } from 'vitest';
import { ahead, pausedOn } from './pause.ts';

const pauses = [
  { id: 'a', first_on: '2026-03-01', last_on: '2026-03-07' },
  { id: 'b', first_on: '2026-04-01', last_on: '2026-04-01' },
];

describe('a pause', () => {
  it('holds from its first day to its last', () => {
    const held = ['2026-02-28', '2026-03-01', '2026-03-07', '2026-03-08', '2026-04-01'];
    expect(held.map((day) => pausedOn(pauses, day)?.id)).toEqual([
      undefined,
      'a',
      'a',
      undefined,
      'b',
    ]);
  });

  it('is unknown to what an earlier version kept', () => {
    expect(pausedOn(undefined, '2026-03-01')).toBeNull();
    expect(ahead(undefined, '2026-03-01')).toEqual([]);
  });

  it('is ahead until its last day is over', () => {
    expect(ahead(pauses, '2026-03-07').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(ahead(pauses, '2026-03-08').map(({ id }) => id)).toEqual(['b']);
  });
});
