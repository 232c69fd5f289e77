import { describe, expect, it } from 'vitest';
import type { MeasureAnswer, OwnMeasure } from '../data/api/types.ts';
import { askedOn, minutesFor, pagesOf } from './measures.ts';

const words = { en: 'Words', es: 'Palabras' };
const psfs: OwnMeasure = {
  form: {
    key: 'psfs',
    version: 1,
    short: 'PSFS',
    title: words,
    notice: '',
    instructions: words,
    scale: { least: 0, most: 10, words: {} },
    items: [],
    named: { least: 3, most: 5, ask: words, example: words },
    ticks: false,
  },
  dues: [
    { occasion: 'intake', week: 0, on: '2026-03-02', until: '2026-03-15' },
    { occasion: 'week', week: 2, on: '2026-03-16', until: '2026-03-29' },
    { occasion: 'discharge', week: 0, on: '2026-03-30', until: '2026-04-13' },
  ],
  answered: [],
  names: null,
  scores: [],
};
const given = (over: Partial<MeasureAnswer>) =>
  ({
    id: 'x',
    episode_id: 'episode',
    measure: 'psfs',
    occasion: 'intake',
    week: 0,
    made_at: '2026-03-02T09:00:00+01:00',
    names: ['Socks', 'Car', 'Stairs'],
    ...over,
  }) as MeasureAnswer;
const occasions = (day: string, answers: MeasureAnswer[] = [], measure = psfs) =>
  askedOn(day, [measure], answers, 'episode').map(({ due }) => due.occasion);

describe('what is asked on a day', () => {
  it('is the latest that has come, until it is answered', () => {
    expect(occasions('2026-03-01')).toEqual([]);
    expect(occasions('2026-03-15')).toEqual(['intake']);
    expect(occasions('2026-03-16')).toEqual(['week']);
    expect(occasions('2026-03-15', [given({})])).toEqual([]);
    expect(occasions('2026-03-16', [given({})])).toEqual(['week']);
    expect(occasions('2026-03-15', [given({ episode_id: 'earlier' })])).toEqual(['intake']);
  });

  it('is not what another phone has answered', () => {
    const answered = { ...psfs, answered: [{ occasion: 'intake' as const, week: 0 }] };
    expect(occasions('2026-03-15', [], answered)).toEqual([]);
  });

  it('is asked at the end of care for as long as the clinic takes it', () => {
    expect(occasions('2026-04-13')).toEqual(['discharge']);
    expect(occasions('2026-04-14')).toEqual([]);
  });

  it('goes on with the names of the first answer, sent or not', () => {
    const later = given({ week: 2, occasion: 'week', made_at: '2026-03-17T09:00:00+01:00' });
    const [asked] = askedOn(
      '2026-03-31',
      [psfs],
      [{ ...later, names: ['Other'] }, given({})],
      'episode',
    );
    expect(asked?.names).toEqual(['Socks', 'Car', 'Stairs']);
    expect(askedOn('2026-03-02', [psfs], [], 'episode')[0]?.names).toBeNull();
  });
});

it('deals twenty questions out evenly and keeps statements together', () => {
  const many = Array.from({ length: 24 }, (_, at) => at);
  expect(pagesOf(many.slice(0, 20), false).map(({ length }) => length)).toEqual([5, 5, 5, 5]);
  expect(pagesOf(many.slice(0, 6), false).map(({ length }) => length)).toEqual([3, 3]);
  expect(pagesOf(many, true)).toHaveLength(1);
  expect(pagesOf([], false)).toEqual([[]]);
  expect(minutesFor(askedOn('2026-03-02', [psfs], [], 'episode'))).toBe(1);
});
