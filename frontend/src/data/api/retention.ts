/** For how long the clinic keeps records: apart, so that nobody but admins has to load it. */
import { get, put } from './client.ts';
import type * as wire from './types.ts';

export const retentionApi = {
  seen: () => get<wire.Retention>('/api/retention'),
  change: (years: number | null, version: number) =>
    put<wire.Retention>('/api/retention', { years }, version),
};
