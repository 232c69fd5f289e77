import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError, api } from '../../data/api/client.ts';
import type { Alert, Triage } from '../../data/api/types.ts';
import { TriageList } from './list.svelte.ts';

const told = (as_of: string): Triage => ({
  as_of,
  rows: [
    {
      patient_id: 'p',
      name: 'Ana',
      need: 'worsening',
      reason: { en: '', es: '' },
      since: null,
      alert: {
        id: 'a',
        version: 1,
        kind: 'worsening',
        state: 'open',
        severity: 'high',
        opened_at: as_of,
        count: 1,
        snoozed_until: null,
        look_by: null,
        climbed: 0,
        told: [],
      },
      mine: true,
      cover_for: null,
      ended_on: null,
      paused_until: null,
      today: '2026-05-04',
      spark: { pain: '', nerve: '', place: '' },
      days_logged_7: 7,
      next_step: false,
      unread: 0,
      last_entry_on: null,
    },
  ],
});
const noAnswer = new ApiError(0, 'no_answer', '');
/** A stream under the test's control, as the browser makes it. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    Stream.opened.push(this);
  }

  say(event: string, data: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(event), { data: JSON.stringify(data) }));
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('EventSource', Stream);
  Stream.opened = [];
  page.visibilityState = 'visible';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('asks at once, then every 30 s while nothing is live, and not while the page is hidden', async () => {
  const asked = vi.spyOn(api, 'triage').mockResolvedValue(told('09:14'));
  const stop = new TriageList().watch.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(3);
  page.visibilityState = 'hidden';
  await vi.advanceTimersByTimeAsync(300_000);
  expect(asked).toHaveBeenCalledTimes(3);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(asked).toHaveBeenCalledTimes(4);
  stop();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(asked).toHaveBeenCalledTimes(4);
});

test('keeps what was last told when the server does not answer, and says so', async () => {
  vi.spyOn(api, 'triage').mockResolvedValueOnce(told('09:14')).mockRejectedValueOnce(noAnswer);
  const list = new TriageList();
  await list.refresh();
  await list.refresh();
  expect(list.data?.as_of).toBe('09:14');
  expect(list.failed?.error).toBe(noAnswer);
});

test('what was done to an alert shows at once even if the list cannot be asked again', async () => {
  vi.spyOn(api, 'triage').mockResolvedValueOnce(told('09:14')).mockRejectedValueOnce(noAnswer);
  const list = new TriageList();
  await list.refresh();
  list.put([{ id: 'a', state: 'acknowledged', version: 2, snoozed_until: null } as Alert]);
  expect(list.data?.rows[0]?.alert?.state).toBe('acknowledged');
});

test('an answer from before what was done is not taken, and another is asked for', async () => {
  const asked = vi.spyOn(api, 'triage').mockResolvedValueOnce(told('09:14'));
  const list = new TriageList();
  await list.refresh();
  let answer = (_: Triage): void => undefined;
  asked.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const underWay = list.refresh();
  asked.mockReturnValueOnce(new Promise(() => undefined));
  list.put([{ id: 'a', state: 'acknowledged', version: 2, snoozed_until: null } as Alert]);
  answer(told('09:15'));
  await Promise.race([underWay, vi.advanceTimersByTimeAsync(10)]);
  expect(asked).toHaveBeenCalledTimes(3);
  expect(list.data?.rows[0]?.alert?.state).toBe('acknowledged');
});

describe('live', () => {
  const watching = () => {
    const asked = vi.spyOn(api, 'triage').mockResolvedValue(told('09:14'));
    const list = new TriageList();
    const stop = list.watch.start();
    const stream = (): Stream => Stream.opened.at(-1)!;
    return { asked, list, stop, stream };
  };

  test('a change is asked for within a moment, many changes once', async () => {
    const { asked, stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(5_000);
    for (let i = 0; i < 50; i += 1) stream().say('changed', { patients: [String(i)] });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveBeenCalledTimes(2);
    stream().say('changed', { patients: ['p'] });
    await vi.advanceTimersByTimeAsync(1_200);
    expect(asked).toHaveBeenCalledTimes(3);
    stop();
  });

  test('what changes while an answer is under way is asked for after it', async () => {
    const { asked, stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(2_000);
    let answer = (_: Triage): void => undefined;
    asked.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    stream().say('resync');
    await vi.advanceTimersByTimeAsync(200);
    stream().say('changed', { patients: ['p'] });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toHaveBeenCalledTimes(2);
    answer(told('09:15'));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(asked).toHaveBeenCalledTimes(3);
    stop();
  });

  test('nobody asks from time to time while the server beats', async () => {
    const { asked, list, stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(10);
    for (let i = 0; i < 20; i += 1) {
      stream().say('beat');
      await vi.advanceTimersByTimeAsync(15_000);
    }
    expect(list.watch.live.state).toBe('live');
    expect(asked).toHaveBeenCalledTimes(1);
    stop();
  });

  test('silence is told within 45 s, and asking begins again', async () => {
    const { asked, list, stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(10);
    stream().say('beat');
    expect(list.watch.live.state).toBe('live');
    await vi.advanceTimersByTimeAsync(45_000);
    expect(list.watch.live.state).toBe('silent');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(3);
    stream().say('resync');
    expect(list.watch.live.state).toBe('live');
    stop();
  });

  test('a refused stream is opened anew, an interrupted one is left to the browser', async () => {
    const { stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(Stream.opened).toHaveLength(1);
    stream().readyState = Stream.CLOSED;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(Stream.opened).toHaveLength(2);
    stop();
  });

  test('a hidden page holds no stream', async () => {
    const { asked, stream, stop } = watching();
    await vi.advanceTimersByTimeAsync(10);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(stream().readyState).toBe(Stream.CLOSED);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(Stream.opened).toHaveLength(2);
    expect(asked).toHaveBeenCalledTimes(2);
    stop();
    expect(stream().readyState).toBe(Stream.CLOSED);
  });
});
