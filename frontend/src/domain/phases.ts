/**
 * What an exercise is made of, second by second. A nerve must never be held on stretch, so the phases of
 * a glide have no such kind: `GlidePhase` moves out, moves back, or rests with the foot on the floor.
 */
import type { PlanItem, Side } from '../data/api/types.ts';

export type Leg = Exclude<Side, 'both'>;

interface Place {
  /** null where the exercise uses both legs at once. */
  leg: Leg | null;
  set: number;
  sets: number;
}
interface Timed extends Place {
  seconds: number;
}

export type Ready = Timed & { kind: 'ready' };
export type Rest = Timed & { kind: 'rest' };
export type Hold = Timed & { kind: 'hold' };
export type Move = Timed & { kind: 'out' | 'back'; repetition: number; repetitions: number };
/** As long as it takes: the patient says when the set is done. */
export type Repeat = Place & { kind: 'repeat'; seconds: null; repetitions: number };

export type StretchPhase = Ready | Hold | Rest;
export type GlidePhase = Ready | Move | Rest;
export type CountedPhase = Ready | Repeat | Rest;
export type Phase = StretchPhase | GlidePhase | CountedPhase;

export const READY_SECONDS = 5;
/** Out and back take about four seconds together. */
export const GLIDE_HALF_SECONDS = 2;
const DEFAULT_HOLD_SECONDS = 30;
const DEFAULT_REPETITIONS = 10;

type Dose = Pick<
  PlanItem,
  'kind' | 'side' | 'sets' | 'repetitions' | 'hold_seconds' | 'rest_seconds'
>;

export function phasesOf(item: Dose): Phase[] {
  switch (item.kind) {
    case 'static_stretch':
      return inSets<StretchPhase>(item, legs(item), (place) => [
        { kind: 'hold', seconds: item.hold_seconds ?? DEFAULT_HOLD_SECONDS, ...place },
      ]);
    case 'nerve_glide':
      return inSets<GlidePhase>(item, legs(item), (place) => glideSet(item, place));
    default:
      return inSets<CountedPhase>(item, [item.side === 'both' ? null : item.side], (place) => [
        {
          kind: 'repeat',
          seconds: null,
          repetitions: item.repetitions ?? DEFAULT_REPETITIONS,
          ...place,
        },
      ]);
  }
}

function glideSet(item: Dose, place: Place): Move[] {
  const repetitions = item.repetitions ?? DEFAULT_REPETITIONS;
  return Array.from({ length: repetitions }, (_, index) => index + 1).flatMap((repetition) => [
    { kind: 'out', seconds: GLIDE_HALF_SECONDS, repetition, repetitions, ...place },
    { kind: 'back', seconds: GLIDE_HALF_SECONDS, repetition, repetitions, ...place },
  ]);
}

function legs(item: Dose): Leg[] {
  return item.side === 'both' ? ['left', 'right'] : [item.side];
}

/** All sets of one leg, then of the other; a rest comes before every set but the first and names what follows. */
function inSets<P extends { kind: string }>(
  item: Dose,
  order: (Leg | null)[],
  set: (place: Place) => P[],
): (P | Ready | Rest)[] {
  const phases: (P | Ready | Rest)[] = [];
  for (const leg of order) {
    for (let number = 1; number <= item.sets; number++) {
      const place = { leg, set: number, sets: item.sets };
      phases.push(
        phases.length === 0
          ? { kind: 'ready', seconds: READY_SECONDS, ...place }
          : { kind: 'rest', seconds: item.rest_seconds, ...place },
        ...set(place),
      );
    }
  }
  return phases;
}

/** Where a player is: the phase, and the clock time (ms) at which that phase began. */
export interface Position {
  index: number;
  startedAt: number;
}

/**
 * The position at `now`. Driven by the clock, not by ticks: after a locked screen it lands in the right
 * phase at once. It waits at a phase without seconds; past the last phase `index` equals `phases.length`.
 */
export function advance(phases: readonly Phase[], position: Position, now: number): Position {
  let { index, startedAt } = position;
  for (;;) {
    const phase = phases[index];
    if (!phase || phase.seconds === null || now - startedAt < phase.seconds * 1000) {
      return { index, startedAt };
    }
    startedAt += phase.seconds * 1000;
    index += 1;
  }
}

/** The patient has finished a phase that only they can end. */
export function finishPhase(position: Position, now: number): Position {
  return { index: position.index + 1, startedAt: now };
}

/**
 * Where a pause at `index` leaves the player: a glide goes back to the start of its repetition, with the
 * foot on the floor, since a leg that waits half-way out is a nerve held on stretch.
 */
export function pausePoint(phases: readonly Phase[], index: number): number {
  return phases[index]?.kind === 'back' ? index - 1 : index;
}

/** Sets finished when the player stands at `index`. A set that was only begun does not count. */
export function setsDone(phases: readonly Phase[], index: number): number {
  return phases.slice(0, index).filter((phase, at) => {
    if (phase.kind === 'ready' || phase.kind === 'rest') return false;
    const next = phases[at + 1];
    return !next || next.kind === 'rest';
  }).length;
}

/** About how many minutes an exercise takes, at least 1. A counted repetition is taken as four seconds. */
export function minutesOf(item: Dose): number {
  const seconds = phasesOf(item).reduce(
    (sum, phase) => sum + (phase.seconds ?? (phase as Repeat).repetitions * 4),
    0,
  );
  return Math.max(1, Math.round(seconds / 60));
}
