import { afterEach, expect, test, vi } from 'vitest';
import { api, type ApiError } from './client.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The error that an answer of the server becomes. */
async function errorOf(status: number, headers: Record<string, string>): Promise<ApiError> {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('busy', { status, headers })));
  return api.care().then(
    () => expect.unreachable(),
    (error: unknown) => error as ApiError,
  );
}

test.each([
  [{ 'retry-after': '120' }, 120],
  [{ 'retry-after': 'Mon, 04 May 2026 10:01:30 GMT' }, 90],
  [{ 'retry-after': 'Mon, 04 May 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': '-5' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('the answer %o asks to wait for %s seconds', async (headers, seconds) => {
  vi.useFakeTimers({ now: Date.parse('2026-05-04T10:00:00Z') });
  const error = await errorOf(503, headers as Record<string, string>);
  expect(error.status).toBe(503);
  expect(error.retryAfterSeconds).toBe(seconds);
});
