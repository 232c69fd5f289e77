/** The second factor of staff: apart, so that no phone has to load it. */
import { del, post } from './client.ts';
import type * as wire from './types.ts';

export const secondApi = {
  giveCode: (code: string) => post<wire.Me>('/api/second-factor/code', { code }),
  giveRecoveryCode: (code: string) => post<wire.Me>('/api/second-factor/recovery-code', { code }),
  newAuthenticator: () => post<wire.NewAuthenticator>('/api/second-factor/authenticator'),
  confirmAuthenticator: (code: string) =>
    post<wire.Me>('/api/second-factor/authenticator/confirm', { code }),
  dropAuthenticator: () => del('/api/second-factor/authenticator'),
  makeRecoveryCodes: () => post<wire.RecoveryCodes>('/api/second-factor/recovery-codes'),
};
