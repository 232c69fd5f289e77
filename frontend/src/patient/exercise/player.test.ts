import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { phasesOf, type Phase } from '../../domain/phases.ts';
import { Player } from './player.svelte.ts';

const dose = { sets: 2, repetitions: null, hold_seconds: 20, rest_seconds: 10, days_per_week: 7 };
const stretch = phasesOf({ ...dose, kind: 'static_stretch', side: 'both' });
const glide = phasesOf({
  ...dose,
  kind: 'nerve_glide',
  side: 'left',
  repetitions: 3,
  hold_seconds: null,
});

let frame: FrameRequestCallback | null = null;
/** The screen is on: time passes and frames are drawn. */
function watch(seconds: number) {
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    vi.advanceTimersByTime(100);
    frame?.(0);
  }
}
/** The phone is locked: time passes and nothing is drawn, until somebody looks again. */
function lockFor(seconds: number) {
  vi.advanceTimersByTime(seconds * 1000);
  frame?.(0);
}
function play(phases: Phase[]) {
  const cues: (string | null)[] = [];
  const player = new Player(phases, (phase) =>
    cues.push(phase && `${phase.kind} ${phase.leg ?? ''} ${phase.set}`),
  );
  player.start();
  return { player, cues };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (next: FrameRequestCallback) => ((frame = next), 1));
  vi.stubGlobal('cancelAnimationFrame', () => (frame = null));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('each side and set is cued once, and the next side comes by itself', () => {
  const { player, cues } = play(stretch);
  watch(5 + 4 * 20 + 3 * 10 + 1);
  expect(cues).toEqual([
    'ready left 1',
    'hold left 1',
    'rest left 2',
    'hold left 2',
    'rest right 1',
    'hold right 1',
    'rest right 2',
    'hold right 2',
    null,
  ]);
  expect(player.phase).toBeNull();
});

test('after a locked phone the clock is right, and only the cue of the moment is played', () => {
  const { player, cues } = play(stretch);
  lockFor(5 + 20 + 10 + 7);
  expect(player.phase).toMatchObject({ kind: 'hold', leg: 'left', set: 2 });
  expect(player.secondsLeft).toBe(13);
  expect(cues).toEqual(['ready left 1', 'hold left 2']);
  lockFor(3600);
  expect(cues).toEqual(['ready left 1', 'hold left 2', null]);
});

test('a pause keeps what is left of a hold', () => {
  const { player } = play(stretch);
  watch(5 + 8);
  player.pause();
  vi.advanceTimersByTime(60_000);
  expect(player.secondsLeft).toBe(12);
  player.resume();
  watch(1);
  expect(player.phase?.kind).toBe('hold');
  expect(player.secondsLeft).toBe(11);
});

test('a pause in a glide puts the foot down, however long it lasts', () => {
  const { player, cues } = play(glide);
  watch(5 + 3);
  expect(player.phase?.kind).toBe('back');
  player.pause();
  vi.advanceTimersByTime(60_000);
  expect(player.phase).toMatchObject({ kind: 'out', repetition: 1 });
  expect(player.progress).toBe(0);
  player.resume();
  expect(cues.at(-1)).toBe('out left 1');
});

test('a glide is moving in every moment that it is out', () => {
  const { player } = play(glide);
  watch(5);
  let before = -1;
  while (player.phase?.kind === 'out' || player.phase?.kind === 'back') {
    const share = player.index + player.progress;
    expect(share).toBeGreaterThan(before);
    before = share;
    watch(0.1);
  }
});

test('what was stopped plays no more cues', () => {
  const { player, cues } = play(stretch);
  watch(6);
  player.stop();
  lockFor(600);
  expect(cues).toEqual(['ready left 1', 'hold left 1']);
});
