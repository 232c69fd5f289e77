import { expect, expectTypeOf, test } from 'vitest';
import {
  advance,
  finishPhase,
  minutesOf,
  pausePoint,
  phasesOf,
  setsDone,
  type GlidePhase,
} from './phases.ts';

const dose = {
  side: 'both' as const,
  sets: 2,
  repetitions: null,
  hold_seconds: null,
  rest_seconds: 10,
};
const stretch = phasesOf({ ...dose, kind: 'static_stretch', hold_seconds: 25 });
const glide = phasesOf({ ...dose, kind: 'nerve_glide', side: 'left', repetitions: 12 });

test('a stretch holds each leg in each set, with a rest between', () => {
  expect(stretch.map((phase) => [phase.kind, phase.leg, phase.set, phase.seconds])).toEqual([
    ['ready', 'left', 1, 5],
    ['hold', 'left', 1, 25],
    ['rest', 'left', 2, 10],
    ['hold', 'left', 2, 25],
    ['rest', 'right', 1, 10],
    ['hold', 'right', 1, 25],
    ['rest', 'right', 2, 10],
    ['hold', 'right', 2, 25],
  ]);
});

test('a glide has no hold, not even when its plan carries one by mistake', () => {
  expectTypeOf<'hold'>().not.toExtend<GlidePhase['kind']>();
  const wrong = phasesOf({ ...dose, kind: 'nerve_glide', repetitions: 3, hold_seconds: 30 });
  expect(wrong.some((phase) => phase.kind === 'hold')).toBe(false);
});

test('a glide moves out and back, four seconds a cycle, and is never still at the far end', () => {
  const moves = glide.filter((phase) => phase.kind === 'out' || phase.kind === 'back');
  expect(moves).toHaveLength(2 * 12 * 2);
  for (const [index, phase] of glide.entries()) {
    if (phase.kind !== 'out') continue;
    expect(glide[index + 1]?.kind).toBe('back');
    expect(phase.seconds + (glide[index + 1]?.seconds ?? 0)).toBe(4);
  }
});

test('a pause in a glide never leaves the leg out', () => {
  for (const [index, phase] of glide.entries()) {
    const paused = glide[pausePoint(glide, index)];
    expect(paused?.kind).not.toBe('back');
    if (phase.kind === 'back')
      expect(paused).toMatchObject({ kind: 'out', repetition: phase.repetition });
    else expect(paused).toBe(phase);
  }
  expect(stretch.map((_, index) => pausePoint(stretch, index))).toEqual([...stretch.keys()]);
});

test('after a locked screen the clock lands in the right phase', () => {
  const start = { index: 0, startedAt: 1_000 };
  expect(advance(stretch, start, 5_999)).toEqual(start);
  expect(advance(stretch, start, 6_000)).toEqual({ index: 1, startedAt: 6_000 });
  expect(advance(stretch, start, 1_000 + 42_000)).toEqual({ index: 3, startedAt: 41_000 });
  expect(advance(stretch, start, 1_000_000).index).toBe(stretch.length);
});

test('many small steps end where one big step ends', () => {
  let position = { index: 0, startedAt: 0 };
  for (let now = 0; now <= 60_000; now += 97) position = advance(glide, position, now);
  expect(position).toEqual(advance(glide, { index: 0, startedAt: 0 }, 59_946));
});

test('a counted exercise waits for the patient', () => {
  const bridge = phasesOf({ ...dose, kind: 'control', repetitions: 10 });
  expect(bridge.every((phase) => phase.leg === null)).toBe(true);
  const waiting = advance(bridge, { index: 0, startedAt: 0 }, 3_600_000);
  expect(bridge[waiting.index]?.kind).toBe('repeat');
  expect(finishPhase(waiting, 3_600_000)).toEqual({ index: 2, startedAt: 3_600_000 });
});

test('only finished sets count as done', () => {
  expect(setsDone(stretch, 0)).toBe(0);
  expect(setsDone(stretch, 1)).toBe(0);
  expect(setsDone(stretch, 2)).toBe(1);
  expect(setsDone(stretch, stretch.length)).toBe(4);
  expect(setsDone(glide, 24)).toBe(0);
  expect(setsDone(glide, 25)).toBe(1);
  expect(setsDone(glide, glide.length)).toBe(2);
});

test('minutes are honest and never zero', () => {
  expect(minutesOf({ ...dose, kind: 'static_stretch', hold_seconds: 30, sets: 3 })).toBe(4);
  expect(minutesOf({ ...dose, kind: 'nerve_glide', side: 'left', sets: 1, repetitions: 5 })).toBe(
    1,
  );
});
