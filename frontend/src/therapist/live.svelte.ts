/**
 * What the server says while a page is open: for whom something changed. It beats every 15 s; who hears nothing
 * for longer than 40 s does not know whether anything changed, and says so.
 */
const SILENT_AFTER_MS = 40_000;

export type Liveness = 'opening' | 'live' | 'silent';

/** Called with the patients for whom something changed; null means that it may be anybody. */
export type Told = (patients: readonly string[] | null) => void;

export class Live {
  state = $state<Liveness>('opening');
  /** when the server was last heard */
  heard = $state.raw<Date | null>(null);
  #source: EventSource | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  /** Opens the stream, or opens it anew where it was refused; one that is merely interrupted returns by itself. */
  open(): void {
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source = new EventSource('/api/live');
    this.#source.addEventListener('beat', () => this.#hear());
    this.#source.addEventListener('resync', () => {
      this.#hear();
      this.#told(null);
    });
    this.#source.addEventListener('changed', (event) => {
      this.#hear();
      this.#told((JSON.parse(event.data as string) as { patients: string[] }).patients);
    });
    this.#expectSound();
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#silence);
    this.state = 'opening';
  }

  #hear(): void {
    this.heard = new Date();
    this.state = 'live';
    this.#expectSound();
  }

  #expectSound(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.state = 'silent'), SILENT_AFTER_MS);
  }
}
