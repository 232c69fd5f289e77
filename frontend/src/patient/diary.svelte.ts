/** The signed-in patient's care and diary as the screens see them, from the phone's own store. */
import type {
  Care,
  CheckIn,
  ExerciseSession,
  Letter,
  Me,
  MeasureAnswer,
  Message,
  PlanItem,
} from '../data/api/types.ts';
import { PhoneStore } from '../data/db.ts';
import { amend, everything, isOfDiary, keep, standing, undo, unsent } from '../data/outbox.ts';
import { readCare } from '../data/pull.ts';
import { keepReading, readingsOf, withReadings } from '../data/readings.ts';
import { Sync } from '../data/sync.svelte.ts';
import type { DiaryEntry, Item } from '../data/tables.ts';
import { InsecureContext } from '../data/vault.ts';
import { madeAfter, stamp } from '../domain/days.ts';
import { current } from '../domain/diary.ts';
import type { Context } from '../domain/situation.ts';
import { uuid7 } from '../domain/uuid.ts';

export type CheckInAnswers = Pick<
  CheckIn,
  'pain_now' | 'pain_worst' | 'place' | 'sensations' | 'changes_with' | 'red_flags' | 'note'
>;
export type SessionAnswers = Omit<ExerciseSession, keyof ReturnType<typeof stamp> | Bookkeeping>;
type Bookkeeping = 'id' | 'revises' | 'withdrawn' | 'plan_version_id';

export const store = new PhoneStore();

export class PatientDiary {
  care = $state.raw<Care | null>(null);
  /** Between the patient and the clinic, as the clinic has it and this phone has read it. */
  received = $state.raw<readonly Message[]>([]);
  /** What was written here and the clinic did not show yet. */
  letters = $state.raw<readonly Letter[]>([]);
  /** To outcome measures, as this phone has them. */
  answers = $state.raw<readonly MeasureAnswer[]>([]);
  loaded = $state(false);
  /** Why this phone cannot keep a diary; null while it can. */
  failure = $state<'insecure' | 'store' | null>(null);
  #entries = $state.raw<DiaryEntry[]>([]);

  readonly me: Me;
  readonly sync: Sync;
  /** From the therapist, newest first. */
  readonly messages = $derived(this.received.filter(({ from_patient }) => !from_patient));
  readonly checkIns = $derived(current(this.#entries.flatMap(asCheckIn)));
  readonly sessions = $derived(current(this.#entries.flatMap(asSession)));

  constructor(me: Me) {
    this.me = me;
    this.sync = new Sync(store, this.#account, () => this.#load());
  }

  get #account(): string {
    return this.me.account.id;
  }

  async open(): Promise<void> {
    try {
      await this.sync.refresh();
    } catch (error) {
      this.failure = error instanceof InsecureContext ? 'insecure' : 'store';
      throw error;
    }
    this.loaded = true;
    this.sync.start();
  }

  close(): void {
    this.sync.stop();
  }

  async #load(): Promise<void> {
    const [kept, items, readings] = await Promise.all([
      readCare(store, this.#account),
      everything(store, this.#account),
      readingsOf(store, this.#account),
    ]);
    this.care = kept;
    // A care plan that an earlier version kept has none.
    this.received = withReadings(kept?.messages ?? [], readings);
    this.letters = items.flatMap(({ kind, entry }) => (kind === 'message' ? entry : []));
    this.answers = items.flatMap(({ kind, entry }) => (kind === 'measure_answer' ? entry : []));
    const entries = items.filter(isOfDiary);
    // What has not changed is not worked out again: of an opened row the vault gives the same object twice.
    if (!isSame(this.#entries, entries)) this.#entries = entries;
  }

  /** What the safety rules want to know beside the entry itself. */
  get context(): Context {
    return {
      plan: this.care?.plan ?? null,
      side: this.care?.episode.side ?? 'both',
      checkIns: this.checkIns,
      sessions: this.sessions,
    };
  }

  /** Every revision that this phone has, as it was made. */
  get entries(): readonly DiaryEntry[] {
    return this.#entries;
  }

  /** What the clinic has not confirmed, in the order in which it was made. */
  unsent(): Promise<Item[]> {
    return unsent(store, this.#account);
  }

  /** How much of it there is, and how much of that are messages. */
  async countUnsent(): Promise<{ all: number; messages: number }> {
    const { unsent: waiting, messages, refused } = await standing(store, this.#account);
    const letters = refused.filter(({ kind }) => kind === 'message').length;
    return { all: waiting + refused.length, messages: messages + letters };
  }

  /** As the clinic knows the patient; empty on a phone that has not heard from it since it was opened. */
  get name(): string {
    return this.care?.patient.name ?? this.me.account.name;
  }

  planItem(id: string | null): PlanItem | null {
    return this.care?.plan?.items.find((item) => item.id === id) ?? null;
  }

  /**
   * Resolves when the entry is on the disk; sending it is nobody's wait. Throws when it could not be kept.
   * Answers may come straight from a form: IndexedDB cannot clone Svelte's proxies, so they are unwrapped.
   * What was kept as a `draft` of them goes with it.
   */
  async addCheckIn(answers: CheckInAnswers, happened?: Date, draft?: string): Promise<CheckIn> {
    const entry: CheckIn = { ...this.#newEntry(happened), ...$state.snapshot(answers) };
    await this.keep({ kind: 'check_in', entry }, draft);
    return entry;
  }

  async addSession(answers: SessionAnswers): Promise<ExerciseSession> {
    const entry: ExerciseSession = { ...this.#newEntry(), ...$state.snapshot(answers) };
    await this.keep({ kind: 'exercise_session', entry });
    return entry;
  }

  async amendCheckIn(
    entry: CheckIn,
    answers: Partial<CheckInAnswers>,
    draft?: string,
  ): Promise<CheckIn> {
    const revision = { ...this.#revisionOf(entry), ...$state.snapshot(answers) };
    const item = { kind: 'check_in', entry: revision } as const;
    return (await this.#amend(entry.id, item, draft)) as CheckIn;
  }

  async amendSession(
    entry: ExerciseSession,
    answers: Partial<SessionAnswers>,
  ): Promise<ExerciseSession> {
    const revision = { ...this.#revisionOf(entry), ...$state.snapshot(answers) };
    const item = { kind: 'exercise_session', entry: revision } as const;
    return (await this.#amend(entry.id, item)) as ExerciseSession;
  }

  /** Takes an entry back, whatever became of it meanwhile; what it said before stays on record. */
  async remove(item: DiaryEntry): Promise<void> {
    const { entry } = item;
    const withdrawal = { ...this.#revisionOf(entry), withdrawn: true };
    // An unsent change that just disappeared would bring the original back.
    const take = entry.revises ? amend : undo;
    await take(store, this.#account, entry.id, { ...item, entry: withdrawal } as DiaryEntry);
    await this.sync.kept();
  }

  /** Brings a removed entry back as it was. */
  async restore(item: DiaryEntry): Promise<void> {
    const known = this.#entries.some(({ entry: { id } }) => id === item.entry.id);
    const entry = known ? this.#revisionOf(item.entry) : item.entry;
    await this.keep({ ...item, entry } as DiaryEntry);
  }

  /** Resolves when it is on the disk; the therapist hears of it when there is a network. */
  async readMessage(message: Message): Promise<void> {
    await keepReading(store, this.#account, message.id, new Date().toISOString());
    await this.sync.kept();
  }

  /** Clears this phone of the account, unsent entries included: ask first. */
  async forget(): Promise<void> {
    this.close();
    await store.forget(this.#account);
  }

  #newEntry(happened?: Date) {
    const times = stamp(happened, new Date());
    return {
      id: uuid7(),
      revises: null,
      withdrawn: false,
      plan_version_id: happened ? this.#planOn(times.local_date) : (this.care?.plan?.id ?? null),
      ...times,
    };
  }

  /** The same entry, made again now: what happened when stays, what is said about it may change. */
  #revisionOf<E extends CheckIn | ExerciseSession>(entry: E): E {
    const revises = originalOf(entry);
    const revisions = this.#entries.filter((kept) => originalOf(kept.entry) === revises);
    const made_at = madeAfter(revisions.map((kept) => kept.entry.made_at));
    return { ...entry, id: uuid7(), revises, made_at };
  }

  /** The plan that a past day answers: the last one that had begun. */
  #planOn(day: string): string | null {
    const begun = this.care?.plan_history.filter(({ starts_on }) => starts_on <= day) ?? [];
    return begun.sort((a, b) => a.number - b.number).at(-1)?.id ?? null;
  }

  /** Resolves when it is on the disk. What was kept as a `draft` of it goes with it. */
  async keep(item: Item, draft?: string): Promise<void> {
    await keep(store, this.#account, item, draft);
    // Asked once there is something to lose; the browser decides, and asking again is free.
    void navigator.storage?.persist?.();
    await this.sync.kept();
  }

  async #amend(
    entryId: string,
    revision: DiaryEntry,
    draft?: string,
  ): Promise<CheckIn | ExerciseSession> {
    const kept = await amend(store, this.#account, entryId, revision, draft);
    await this.sync.kept();
    return kept.entry;
  }
}

const isSame = <T>(some: readonly T[], others: readonly T[]): boolean =>
  some.length === others.length && some.every((one, index) => one === others[index]);
const originalOf = ({ id, revises }: CheckIn | ExerciseSession): string => revises ?? id;
const asCheckIn = (kept: DiaryEntry): CheckIn[] => (kept.kind === 'check_in' ? [kept.entry] : []);
const asSession = (kept: DiaryEntry): ExerciseSession[] =>
  kept.kind === 'exercise_session' ? [kept.entry] : [];
