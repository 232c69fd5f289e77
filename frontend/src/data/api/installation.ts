/** For who runs the installation: apart, so that nobody else has to load it. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

const CLINICS = '/api/installation/clinics';

export const installationApi = {
  clinics: () => get<{ clinics: wire.ClinicCount[] }>(CLINICS),
  add: (clinicId: string, body: wire.NewClinic) =>
    put<wire.StaffLink>(`${CLINICS}/${id(clinicId)}`, body),
  inviteAdmin: (clinicId: string, body: wire.FirstAdmin) =>
    post<wire.StaffLink>(`${CLINICS}/${id(clinicId)}/admin`, body),
};
