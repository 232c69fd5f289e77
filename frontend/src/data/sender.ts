/**
 * Empties the outbox. One sender at a time among all tabs (a Web Lock); anything may break anywhere, since
 * the server keeps an entry once whatever happens, and the phone drops it only on the server's word.
 */
import { holdsBack } from '../domain/consent.ts';
import { withOffset } from '../domain/days.ts';
import { ApiError } from './api/client.ts';
import type { Readings, Refusal, SyncAnswer, SyncRequest } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import { settle, take, type Outgoing } from './outbox.ts';
import { readCare } from './pull.ts';
import { readingsOf } from './readings.ts';

export type Ending =
  | { kind: 'empty' }
  /** No use in trying before this many milliseconds have passed. */
  | { kind: 'retry'; afterMs: number }
  /** Entries wait until the patient agrees to how they are used. */
  | { kind: 'consent' }
  /** The server does not know us, or knows us as somebody else: everything stays until that changes. */
  | { kind: 'signed_out' }
  /** The clinic erased the record: nothing of what waits reaches anybody any more. */
  | { kind: 'erased' };

export interface Surroundings {
  store: PhoneStore;
  send: (batch: SyncRequest) => Promise<SyncAnswer>;
  tell: (readings: Readings) => Promise<unknown>;
  locks: Pick<LockManager, 'request'>;
  random: () => number;
}

const BATCH = 50;
const READINGS = 100;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;
/** Answers that speak about the request itself: sending the same again will not help, sending less may. */
const ABOUT_THE_BATCH = new Set([400, 413, 422]);
/** Answers to somebody whom the server does not know, or knows as somebody else. */
const STRANGER = new Set([401, 403]);

export class Sender {
  #failures = 0;
  #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Sends all that waits, in order. Waits for another tab that is sending, and then looks again. */
  drain(account: string): Promise<Ending> {
    return this.#around.locks.request('glidepath-outbox', () => this.#drain(account));
  }

  async #drain(account: string): Promise<Ending> {
    let limit = BATCH;
    if (holdsBack((await readCare(this.#around.store, account))?.consent)) {
      const told = await this.#tell(account);
      return told.kind === 'empty' ? { kind: 'consent' } : told;
    }
    for (;;) {
      const batch = await take(this.#around.store, account, limit);
      if (batch.length === 0) return this.#tell(account);
      try {
        const answer = await this.#around.send(asRequest(account, batch));
        const settled = await settle(this.#around.store, batch, answer.results);
        // An answer about none of what we sent would have us ask for ever.
        if (settled === 0) return this.#later(null);
        this.#failures = 0;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (STRANGER.has(error.status)) return stranger(error);
        // Taken back on another phone.
        if (error.code === 'consent_withdrawn') return { kind: 'consent' };
        if (!ABOUT_THE_BATCH.has(error.status)) return this.#later(error.retryAfterSeconds);
        if (batch.length > 1) limit = Math.ceil(batch.length / 2);
        else {
          await this.#refuse(batch, error);
          limit = BATCH;
        }
      }
    }
  }

  /** Which messages were read here. Told twice it changes nothing, so a lost answer needs no care. */
  async #tell(account: string): Promise<Ending> {
    const readings = await readingsOf(this.#around.store, account);
    const read = readings.slice(0, READINGS).map(({ id, read_at }) => ({ id, read_at }));
    try {
      if (read.length) await this.#around.tell({ account_id: account, read });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (STRANGER.has(error.status)) return stranger(error);
      // What the server cannot take today must not keep it from bringing what is new.
      if (!ABOUT_THE_BATCH.has(error.status)) return this.#later(error.retryAfterSeconds);
    }
    this.#failures = 0;
    return { kind: 'empty' };
  }

  /** A single entry that the server cannot even read must not hold up those behind it. */
  async #refuse(batch: Outgoing[], error: ApiError): Promise<void> {
    const reason: Refusal = { code: error.code, message: UNREADABLE };
    await settle(
      this.#around.store,
      batch,
      batch.map(({ id }) => ({ id, status: 'refused', reason })),
    );
  }

  #later(retryAfterSeconds: number | null): Ending {
    const afterMs = waitAfter(this.#failures, retryAfterSeconds, this.#around.random);
    this.#failures += 1;
    return { kind: 'retry', afterMs };
  }
}

/**
 * How long to wait when so many tries in a row have failed before. Full jitter, on top of what the server
 * asks for: a whole clinic must not come back in one second.
 */
export function waitAfter(
  failures: number,
  retryAfterSeconds: number | null,
  random: () => number,
): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
  return (retryAfterSeconds ?? 0) * 1_000 + random() * ceiling;
}

const stranger = ({ code }: ApiError): Ending => ({
  kind: code === 'record_erased' ? 'erased' : 'signed_out',
});

const UNREADABLE = {
  en: 'The clinic could not read this entry.',
  es: 'La clínica no ha podido leer este registro.',
};

function asRequest(account: string, batch: readonly Outgoing[]): SyncRequest {
  const request: SyncRequest = {
    account_id: account,
    check_ins: [],
    exercise_sessions: [],
    // What time this phone takes it for, so that the clinic can tell a wrong clock from a late entry.
    sent_at: withOffset(new Date()),
  };
  for (const { item } of batch) {
    if (item.kind === 'check_in') request.check_ins.push(item.entry);
    else if (item.kind === 'exercise_session') request.exercise_sessions.push(item.entry);
    else if (item.kind === 'message') (request.messages ??= []).push(item.entry);
    else (request.measure_answers ??= []).push(item.entry);
  }
  return request;
}
