/** Who looked, and emergencies: apart, since hardly a visit asks for them. */
import { get, post, put } from './client.ts';
import type * as wire from './types.ts';

const id = encodeURIComponent;

export const auditApi = {
  looks: (patientId: string, before: number | null) =>
    get<wire.Looks>(
      `/api/patients/${id(patientId)}/looks${before === null ? '' : `?before=${before}`}`,
    ),
  own: () => get<{ looks: wire.OwnLook[] }>('/api/looks'),
  emergencies: () => get<wire.Emergency[]>('/api/emergency-openings'),
  namesakes: (name: string) => post<wire.Namesake[]>('/api/emergency-search', { name }),
  open: (patientId: string, openingId: string, reason: string, hours: number) =>
    put<wire.Emergency>(`/api/patients/${id(patientId)}/emergency-openings/${id(openingId)}`, {
      reason,
      hours,
    }),
  end: (openingId: string) =>
    post<wire.Emergency>(`/api/emergency-openings/${id(openingId)}/end`, {}),
};
