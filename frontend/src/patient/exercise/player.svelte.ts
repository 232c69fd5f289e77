/** Plays phases by the clock. What it shows follows from the time alone, however often it is asked. */
import {
  advance,
  finishPhase,
  pausePoint,
  type Phase,
  type Position,
} from '../../domain/phases.ts';

export class Player {
  readonly phases: readonly Phase[];
  #position = $state.raw<Position>({ index: 0, startedAt: Date.now() });
  #now = $state(Date.now());
  #pausedAt = $state<number | null>(null);
  #frame = 0;
  #cue: (phase: Phase | null) => void;

  /** `cue` is called at the start of each phase that is really played, and with null at the end. */
  constructor(phases: readonly Phase[], cue: (phase: Phase | null) => void) {
    this.phases = phases;
    this.#cue = cue;
  }

  readonly phase = $derived.by(() => this.phases[this.#position.index] ?? null);
  readonly next = $derived.by(() => this.phases[this.#position.index + 1] ?? null);
  readonly paused = $derived(this.#pausedAt !== null);
  #elapsedMs = $derived(Math.max(0, this.#now - this.#position.startedAt));
  /** How much of the phase is over, 0-1; 0 where it has no length. */
  readonly progress = $derived(
    this.phase?.seconds ? Math.min(1, this.#elapsedMs / (this.phase.seconds * 1000)) : 0,
  );
  readonly secondsLeft = $derived(
    this.phase?.seconds ? Math.ceil(this.phase.seconds - this.#elapsedMs / 1000) : 0,
  );

  get index(): number {
    return this.#position.index;
  }

  start(): void {
    this.#position = { index: 0, startedAt: Date.now() };
    this.#cue(this.phase);
    this.#tick();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  pause(): void {
    if (this.#pausedAt !== null || !this.phase) return;
    this.stop();
    this.#pausedAt = Date.now();
    this.#now = this.#pausedAt;
    if (this.phase.kind !== 'out' && this.phase.kind !== 'back') return;
    const index = pausePoint(this.phases, this.#position.index);
    this.#position = { index, startedAt: this.#pausedAt };
  }

  resume(): void {
    if (this.#pausedAt === null) return;
    const { index, startedAt } = this.#position;
    this.#position = { index, startedAt: startedAt + Date.now() - this.#pausedAt };
    this.#pausedAt = null;
    if (this.phase?.kind === 'out') this.#cue(this.phase);
    this.#tick();
  }

  /** The patient has finished a phase that has no length of its own. */
  finish(): void {
    this.#move(finishPhase(this.#position, Date.now()));
  }

  #tick = (): void => {
    this.#now = Date.now();
    this.#move(advance(this.phases, this.#position, this.#now));
    if (this.phase) this.#frame = requestAnimationFrame(this.#tick);
  };

  #move(position: Position): void {
    const moved = position.index !== this.#position.index;
    this.#position = position;
    if (moved) this.#cue(this.phase);
  }
}
