/** Reads texts aloud with a voice of this device: one text at a time, and never by itself. */
import type { Language } from '../data/api/types.ts';
import { region } from '../i18n/index.svelte.ts';

class Speech {
  #engine: SpeechSynthesis | undefined = globalThis.speechSynthesis;
  #voices = $state.raw<SpeechSynthesisVoice[]>([]);
  /** Whose text is being read. */
  reader = $state.raw<symbol | null>(null);

  constructor() {
    const look = () => (this.#voices = this.#engine?.getVoices() ?? []);
    look();
    // Most browsers know their voices only a moment after they were asked for the first time.
    this.#engine?.addEventListener?.('voiceschanged', look);
    // Chromium goes on reading after the page has gone.
    globalThis.addEventListener?.('pagehide', () => this.#engine?.cancel());
  }

  /** Only the device's own: a remote voice is mute offline, and a stranger would hear what the diary says. */
  voice(language: Language): SpeechSynthesisVoice | null {
    const ours = this.#voices.filter(
      ({ lang, localService }) => localService && lang.slice(0, 2).toLowerCase() === language,
    );
    return ours.find(({ lang }) => lang.replace('_', '-') === region()) ?? ours[0] ?? null;
  }

  read(reader: symbol, paragraphs: readonly string[], language: Language): void {
    const voice = this.voice(language);
    if (!this.#engine || !voice) return;
    this.#engine.cancel();
    this.reader = reader;
    const ended = () => {
      if (this.reader === reader) this.reader = null;
    };
    for (const [index, paragraph] of paragraphs.entries()) {
      const utterance = new SpeechSynthesisUtterance(paragraph);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      utterance.onerror = ended;
      if (index === paragraphs.length - 1) utterance.onend = ended;
      this.#engine.speak(utterance);
    }
  }

  stop(reader: symbol): void {
    if (this.reader !== reader) return;
    this.reader = null;
    this.#engine?.cancel();
  }
}

export const speech = new Speech();
