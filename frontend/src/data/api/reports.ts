/** Reports as files: apart, since hardly anybody asks for one. */
import { id } from './client.ts';
import { fetchFile } from './files.ts';
import type { Language } from './types.ts';

/** Both days included; the server makes reports of a year at most. */
export interface ReportPeriod {
  first: string;
  last: string;
}
export const DAYS_AT_MOST = 366;

const file = (path: string, asked: Record<string, string>): Promise<Blob> =>
  fetchFile(`${path}?${new URLSearchParams(asked)}`, 30_000);

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
