/** Pauses, of one's own and of a patient: apart from what every start loads. */
import { id, post, put } from './client.ts';
import type * as wire from './types.ts';

/** Whose pauses: one's own, or those of a patient's episode. */
const of = (episodeId: string | null): string =>
  episodeId === null ? '/api/pauses' : `/api/episodes/${id(episodeId)}/pauses`;

export const pausesApi = {
  put: (episodeId: string | null, pauseId: string, days: wire.PauseBody) =>
    put<wire.Pause[]>(`${of(episodeId)}/${id(pauseId)}`, days),
  end: (episodeId: string | null, pauseId: string) =>
    post<wire.Pause[]>(`${of(episodeId)}/${id(pauseId)}/end`),
};
