import { ApiError } from '../../data/api/client.ts';
import type { Alert, AlertEvent } from '../../data/api/types.ts';
import { problem } from '../problem.ts';

export type Form = 'snooze' | 'resolve';
/** What a deed names: it is done to the version that was seen, or not at all. */
export type Seen = Pick<Alert, 'id' | 'version'>;

interface Told {
  /** What was done here. */
  done: (alert: Alert) => void;
  /** What somebody else did, found out when something was to be done here. */
  changed: (alert: Alert) => void;
  /** Whether somebody is at work on the alert: then it stays where it is. */
  held?: (held: boolean) => void;
}

/** One therapist's work on one alert: which form is open, what was seen, what others did meanwhile. */
export class Work {
  form = $state<Form | null>(null);
  missed = $state.raw<AlertEvent[]>([]);
  busy = $state(false);
  failed = $state('');
  #seen: Seen | null = null;
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  begin(alert: Seen, form: Form | null): void {
    this.form = form;
    this.#seen = alert;
    this.missed = [];
    this.failed = '';
    this.#told.held?.(true);
  }

  end(): void {
    this.form = this.#seen = null;
    this.missed = [];
    this.#told.held?.(false);
  }

  async send(alert: Seen, change: (seen: Seen) => Promise<Alert>): Promise<void> {
    if (this.busy) return;
    if (!this.#seen) this.begin(alert, null);
    const before = this.#seen ?? alert;
    this.busy = true;
    this.failed = '';
    try {
      const after = await change(before);
      this.end();
      this.#told.done(after);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && error.current) {
        this.#catchUp(before, error.current as Alert);
      } else {
        this.failed = problem(error);
        if (!this.form) this.end();
      }
    } finally {
      this.busy = false;
    }
  }

  /** Nothing was overwritten: show what happened meanwhile, and keep what was typed. */
  #catchUp(before: Seen, current: Alert): void {
    this.missed = current.events.filter(({ version }) => version > before.version);
    this.#seen = current;
    if (this.form === 'snooze' && current.state === 'resolved') this.form = null;
    this.#told.changed(current);
  }
}
