/** Reports as files: apart, since hardly anybody asks for one. */
import { ApiError, id } from './client.ts';
import { confirmApi } from './confirm.ts';
import type { Language } from './types.ts';

/** Both days included; the server makes reports of a year at most. */
export interface ReportPeriod {
  first: string;
  last: string;
}
export const DAYS_AT_MOST = 366;

/** Asks for a proof before, as for every file of what a page shows. */
async function file(path: string, asked: Record<string, string>): Promise<Blob> {
  await confirmApi.requireProof();
  let response: Response;
  try {
    response = await fetch(`${path}?${new URLSearchParams(asked)}`, {
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(30_000),
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

export const reportsApi = {
  ofPatient: (patientId: string, episode: string, period: ReportPeriod, language: Language) =>
    file(`/api/patients/${id(patientId)}/report`, { episode, ...period, language }),
  own: (period: ReportPeriod, language: Language) => file('/api/report', { ...period, language }),
  /** Of what was closed in remote monitoring, with the text of notes or without. */
  evidence: (episodeId: string, closingId: string, language: Language, notes: boolean) =>
    file(`/api/episodes/${id(episodeId)}/monitoring-closings/${id(closingId)}/evidence`, {
      language,
      notes: String(notes),
    }),
};
