/** How care begins, ends and goes on again: apart, so that no phone has to load it. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

export const episodesApi = {
  waiting: (episodeId: string) => get<wire.Waiting>(`/api/episodes/${id(episodeId)}/waiting`),
  discharge: (episodeId: string, body: wire.Discharge) =>
    post<null>(`/api/episodes/${id(episodeId)}/discharge`, body),
  reopen: (episodeId: string, note: string | null) =>
    post<null>(`/api/episodes/${id(episodeId)}/reopen`, { note }),
  begin: (patientId: string, episodeId: string, body: wire.NextEpisode) =>
    put<wire.Episode>(`/api/patients/${id(patientId)}/episodes/${id(episodeId)}`, body),
  questions: () => get<wire.Questions>('/api/screening-questions'),
  screen: (episodeId: string, screeningId: string, body: wire.ScreeningBody) =>
    put<wire.Screening>(`/api/episodes/${id(episodeId)}/screenings/${id(screeningId)}`, body),
  search: (search: wire.Search) => post<wire.Found>('/api/caseload/search', search),
};
