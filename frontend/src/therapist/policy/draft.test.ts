import { expect, it } from 'vitest';
import { asEnd, asField, choices, flawsOf, nextSpan, USUAL, type Draft } from './draft.ts';

const week = (...first: Draft['week']): Draft =>
  ({ week: [...first, ...Array.from({ length: 7 - first.length }, () => [])] }) as never;

it('a week without hours is none', () => {
  expect(flawsOf(week())).toEqual([{ code: 'never', day: null }]);
});

it('times of a day are there, in order and apart', () => {
  const morning = { opens: '09:00', closes: '13:00' };
  expect(flawsOf(week([morning, { opens: '15:00', closes: '24:00' }]))).toEqual([]);
  expect(flawsOf(week([morning], [{ opens: '', closes: '17:00' }]))).toEqual([
    { code: 'missing', day: 1 },
  ]);
  const backwards = { opens: '17:00', closes: '09:00' };
  const within = { opens: '12:00', closes: '17:00' };
  const over = { opens: '13:00', closes: '17:00' };
  for (const spans of [[backwards], [morning, within], [morning, over]])
    expect(flawsOf(week(spans))).toEqual([{ code: 'order', day: 0 }]);
});

it('the end of a day is the midnight of its field', () => {
  expect([asField('24:00'), asEnd('00:00'), asEnd('17:00')]).toEqual(['00:00', '24:00', '17:00']);
});

it('further hours of a day come after those that are there', () => {
  expect(nextSpan([])).toEqual(USUAL);
  const spans = [{ opens: '09:00', closes: '13:30' }];
  expect(flawsOf(week([...spans, nextSpan(spans)]))).toEqual([]);
});

it('what is kept can be chosen, too', () => {
  expect(choices([15, 30, 60], 45)).toEqual([15, 30, 45, 60]);
});
