/** What comes of alerts, and how sensitive the clinic is: apart, so that no phone has to load it. */
import { get, post, put } from './client.ts';
import type * as wire from './types.ts';

export const qualityApi = {
  quality: (days: number) => get<wire.Quality>(`/api/quality?days=${days}`),
  viewed: (alerts: readonly string[]) => post<null>('/api/alerts/viewed', { alerts }),
  sensitivity: () => get<wire.Sensitivities>('/api/sensitivity'),
  changeSensitivity: (sensitivity: wire.Sensitivity, version: number) =>
    put<wire.Sensitivities>('/api/sensitivity', { sensitivity }, version),
  replay: () => get<wire.Replay | null>('/api/replay'),
  askForReplay: (days: 28 | 90 | 180) => post<wire.Replay>('/api/replay', { days }),
};
