import { describe, expect, test } from 'vitest';
import type { Assessment } from '../../data/api/types.ts';
import {
  blank,
  bodyOf,
  draftOf,
  problems,
  withdrawalOf,
  type Draft,
  type Problem,
} from './draft.ts';

const TODAY = '2026-03-02';
const found: Assessment = {
  id: 'first',
  assessed_on: '2026-03-01',
  left: { slr: { angle: 45, symptom: true }, slump: { positive: true, eased_by_neck: false } },
  right: { slr: { angle: 0, symptom: false }, slump: null },
  note: 'Stiff',
  by: 'Irene',
  made_at: '2026-03-01T09:00:00Z',
  corrected: false,
};
const draft = (over: Partial<Draft> = {}): Draft => ({ ...blank(TODAY), ...over });
const leg = draft().left;

test('a correction starts from what was found, and says the same when nothing is changed', () => {
  const { assessed_on, left, right, note } = found;
  expect(bodyOf(draftOf(found), found.id)).toEqual({
    revises: 'first',
    withdrawn: false,
    assessed_on,
    left,
    right,
    note,
  });
  expect(withdrawalOf(found)).toMatchObject({ revises: 'first', withdrawn: true, left, note });
});

test('what was not tested is null, and zero degrees are an answer', () => {
  const body = bodyOf(draft({ right: { ...leg, slr: 'symptom', angle: 0 } }), null);
  expect(body.left).toEqual({ slr: null, slump: null });
  expect(body.right.slr).toEqual({ angle: 0, symptom: true });
});

test('a negative slump has nothing to ease, whatever was chosen before', () => {
  const body = bodyOf(draft({ left: { ...leg, slump: 'negative', eased: 'yes' } }), null);
  expect(body.left.slump).toEqual({ positive: false, eased_by_neck: null });
});

describe('asks for', () => {
  const asked: [string, Draft, Problem[]][] = [
    ['at least something', draft({ note: '  ' }), [{ field: 'everything' }]],
    ['a day that has come', draft({ note: 'x', on: '2026-03-03' }), [{ field: 'on' }]],
    ['a day', draft({ note: 'x', on: '' }), [{ field: 'on' }]],
  ];
  test.each(asked)('%s', (_, given, expected) => {
    expect(problems(given, TODAY)).toEqual(expected);
  });

  test.each([null, -1, 121, 45.5, Number.NaN])('an angle, which %s is not', (angle) => {
    const given = draft({ right: { ...leg, slr: 'free', angle } });
    expect(problems(given, TODAY)).toEqual([{ field: 'angle', side: 'right' }]);
  });

  test('nothing else', () => {
    expect(problems(draft({ note: 'Could not lie down.' }), TODAY)).toEqual([]);
    expect(problems(draft({ left: { ...leg, slump: 'negative' } }), TODAY)).toEqual([]);
    expect(problems(draft({ left: { ...leg, slr: 'free', angle: 90 } }), TODAY)).toEqual([]);
  });
});
