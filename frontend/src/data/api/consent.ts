/** What a patient agrees to: apart from what every start loads. */
import { get, put } from './client.ts';
import type * as wire from './types.ts';

export const consentApi = {
  page: () => get<wire.ConsentPage>('/api/consent'),
  say: (version: number, agrees: boolean) => put<wire.Consent>('/api/consent', { version, agrees }),
};
