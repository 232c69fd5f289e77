/** Holds, planned erasures and wishes for one: apart, since hardly a visit asks for them. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

const of = (patientId: string) => `/api/patients/${id(patientId)}`;

export const erasureApi = {
  clinic: () => get<wire.ClinicErasures>('/api/erasures'),
  page: (patientId: string) => get<wire.ErasurePage>(`${of(patientId)}/erasure`),
  hold: (patientId: string, holdId: string, reason: string) =>
    put<wire.ErasurePage>(`${of(patientId)}/holds/${id(holdId)}`, { reason }),
  lift: (patientId: string, holdId: string, reason: string) =>
    post<wire.ErasurePage>(`${of(patientId)}/holds/${id(holdId)}/lift`, { reason }),
  plan: (patientId: string, erasureId: string, reason: string) =>
    put<wire.ErasurePage>(`${of(patientId)}/erasures/${id(erasureId)}`, { reason }),
  takeBack: (patientId: string, erasureId: string) =>
    post<wire.ErasurePage>(`${of(patientId)}/erasures/${id(erasureId)}/take-back`),
  decline: (patientId: string, wishId: string, answer: string) =>
    post<wire.ErasurePage>(`${of(patientId)}/erasure-wishes/${id(wishId)}/decline`, { answer }),

  wish: (wishId: string) => put<wire.OwnErasure>(`/api/erasure-wishes/${id(wishId)}`, {}),
  takeWishBack: (wishId: string) =>
    post<wire.OwnErasure>(`/api/erasure-wishes/${id(wishId)}/take-back`),
};
