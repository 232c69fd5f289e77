/** Sound, vibration and a screen that stays on. Each is a help: where a phone has none, the rest works. */
import type { Phase } from '../../domain/phases.ts';

type Tone = [hertz: number, seconds: number];

const TONES: Record<Phase['kind'] | 'end', Tone[]> = {
  ready: [[392, 0.12]],
  hold: [
    [523, 0.12],
    [784, 0.2],
  ],
  rest: [
    [523, 0.12],
    [392, 0.2],
  ],
  out: [[587, 0.09]],
  back: [[440, 0.09]],
  repeat: [[659, 0.15]],
  end: [
    [523, 0.12],
    [659, 0.12],
    [784, 0.28],
  ],
};

const BUZZES: Record<Phase['kind'] | 'end', number[]> = {
  ready: [],
  hold: [180],
  rest: [70, 70, 70],
  out: [35],
  back: [],
  repeat: [90],
  end: [180, 90, 180],
};

export class Cues {
  sound = true;
  #audio: AudioContext | null = null;
  #lock: WakeLockSentinel | null = null;
  #over = new AbortController();

  /** Call from a touch: phones make no sound otherwise. */
  begin(): void {
    // iOS would obey the silent switch, and a timer that nobody hears while lying down is of no use.
    const session = (navigator as { audioSession?: { type: string } }).audioSession;
    if (session) session.type = 'playback';
    this.#audio ??= new AudioContext();
    void this.#stayAwake();
    // The system takes the lock back whenever the app is hidden.
    const again = () => document.visibilityState === 'visible' && void this.#stayAwake();
    document.addEventListener('visibilitychange', again, { signal: this.#over.signal });
  }

  play(phase: Phase | null): void {
    const kind = phase?.kind ?? 'end';
    if (BUZZES[kind].length) navigator.vibrate?.(BUZZES[kind]);
    if (this.sound) this.#beep(TONES[kind]);
  }

  end(): void {
    this.#over.abort();
    void this.#lock?.release();
    void this.#audio?.close();
    this.#audio = null;
  }

  async #stayAwake(): Promise<void> {
    try {
      this.#lock = (await navigator.wakeLock?.request('screen')) ?? null;
    } catch {
      // Refused, for example on a low battery: the clock is right again when the screen comes back.
    }
  }

  #beep(tones: Tone[]): void {
    const audio = this.#audio;
    if (!audio) return;
    void audio.resume();
    let at = audio.currentTime;
    for (const [hertz, seconds] of tones) {
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.25, at + 0.015);
      gain.gain.linearRampToValueAtTime(0, at + seconds);
      const tone = new OscillatorNode(audio, { frequency: hertz });
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds;
    }
  }
}
