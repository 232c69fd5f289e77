import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, api } from '../../data/api/client.ts';
import type { Alert, RowAlert, Triage } from '../../data/api/types.ts';
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
      },
      mine: true,
      today: '2026-05-04',
      spark: { pain: '', nerve: '', place: '' },
      days_logged_7: 7,
      last_entry_on: null,
    },
  ],
});
const noAnswer = new ApiError(0, 'no_answer', '');
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  page.visibilityState = 'visible';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('asks at once, then every 30 s, and not while the page is hidden', async () => {
  const asked = vi.spyOn(api, 'triage').mockResolvedValue(told('09:14'));
  const stop = new TriageList().watch();
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

test('an acknowledged alert shows as such even if the list cannot be asked again', async () => {
  vi.spyOn(api, 'triage').mockResolvedValueOnce(told('09:14')).mockRejectedValueOnce(noAnswer);
  vi.spyOn(api, 'acknowledge').mockResolvedValue({ id: 'a', state: 'acknowledged' } as Alert);
  const list = new TriageList();
  await list.refresh();
  await list.acknowledge({ id: 'a', version: 1 } as RowAlert);
  expect(list.data?.rows[0]?.alert?.state).toBe('acknowledged');
});
