import { afterEach, expect, test, vi } from 'vitest';
import { api, onConfirm, onSignedOut, post, type ApiError } from './client.ts';

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

/** Answers with these, one after the other, as problems with a code. */
function answering(...answers: [number, string][]): ReturnType<typeof vi.fn> {
  const fetch = vi.fn(() => {
    const [status, code] = answers.shift() ?? [200, ''];
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify({ code }), { status, headers }));
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

test('what needs a confirmation is done again after it, and not without', async () => {
  const fetch = answering([403, 'confirm_it_is_you'], [200, 'done']);
  const ask = vi.fn(() => Promise.resolve(true));
  const stop = onConfirm(ask);
  expect(await post('/api/x', { a: 1 })).toEqual({ code: 'done' });
  expect(fetch.mock.calls[1]).toEqual([
    fetch.mock.calls[0]?.[0],
    expect.objectContaining({ method: 'POST', body: '{"a":1}' }),
  ]);
  ask.mockResolvedValue(false);
  answering([403, 'confirm_it_is_you']);
  await expect(post('/api/x')).rejects.toMatchObject({ code: 'confirm_it_is_you' });
  stop();
  expect(ask).toHaveBeenCalledTimes(2);
});

test('a wrong passphrase at a confirmation signs nobody out, and an ended session does', async () => {
  const heard = vi.fn();
  const stop = onSignedOut(heard);
  answering([401, 'no_match'], [401, 'signed_out']);
  await expect(post('/api/confirm/passphrase')).rejects.toMatchObject({ status: 401 });
  expect(heard).not.toHaveBeenCalled();
  await expect(post('/api/confirm/passphrase')).rejects.toMatchObject({ status: 401 });
  expect(heard).toHaveBeenCalledOnce();
  stop();
});
