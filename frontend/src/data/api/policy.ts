/** The clinic's rules for alerts: apart, so that no phone has to load it. */
import { get, put } from './client.ts';
import type * as wire from './types.ts';

export const policyApi = {
  policy: () => get<wire.AlertPolicy>('/api/alert-policy'),
  savePolicy: (body: wire.PolicyBody, version: number) =>
    put<wire.AlertPolicy>('/api/alert-policy', body, version),
};
