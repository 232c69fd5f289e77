/** Files that the server makes: apart, since hardly anybody asks for one. */
import { ApiError } from './client.ts';
import { confirmApi } from './confirm.ts';

/** Asks for a proof before, as for every file of what a page shows. */
export async function fetchFile(path: string, timeoutMs: number): Promise<Blob> {
  await confirmApi.requireProof();
  let response: Response;
  try {
    response = await fetch(path, {
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return await response.blob();
  } catch (cause) {
    throw new ApiError(0, 'no_answer', String(cause));
  }
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  throw new ApiError(
    response.status,
    problem.code ?? `http_${response.status}`,
    problem.detail ?? response.statusText,
  );
}
