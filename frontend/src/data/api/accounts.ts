/** Accounts of staff: apart, so that no phone has to load it. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

type Everybody = { staff: wire.StaffMember[] };

export const accountsApi = {
  staff: () => get<Everybody>('/api/staff'),
  invite: (accountId: string, body: wire.NewColleague) =>
    put<wire.StaffLink>(`/api/staff/${id(accountId)}`, body),
  sendLink: (accountId: string) => post<wire.StaffLink>(`/api/staff/${id(accountId)}/links`),
  setRole: (accountId: string, role: wire.StaffRole) =>
    put<Everybody>(`/api/staff/${id(accountId)}/role`, { role }),
  resetSecondFactor: (accountId: string) =>
    post<Everybody>(`/api/staff/${id(accountId)}/reset-second-factor`),
  close: (accountId: string) => post<Everybody>(`/api/staff/${id(accountId)}/close`),
  reopen: (accountId: string) => post<Everybody>(`/api/staff/${id(accountId)}/reopen`),
  own: () => get<wire.OwnAccount>('/api/account'),
  setPassphrase: (passphrase: string) => put<null>('/api/account/passphrase', { passphrase }),
  askForAddress: (email: string) => post<null>('/api/account/address', { email }),
  endSessionsOf: (patientId: string) =>
    post<{ count: number }>(`/api/patients/${id(patientId)}/end-sessions`),
};

/** For whoever is not signed in and holds a link, or asks for one. */
export const linksApi = {
  forgotten: (email: string) => post<null>('/api/forgotten', { email }),
  look: (secret: string) => post<wire.LinkView>('/api/links/look', { secret }),
  setPassphrase: (secret: string, passphrase: string) =>
    post<wire.Me>('/api/links/passphrase', { secret, passphrase }),
  confirmAddress: (secret: string) => post<null>('/api/links/address', { secret }),
};
