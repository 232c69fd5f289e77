/** Showing once more who one is: apart, since few things need it. */
import {
  startAuthentication,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { api, get, post } from './client.ts';
import type * as wire from './types.ts';

export const confirmApi = {
  /** Before a file is made of what is on the page: refused, and asked about, while a proof is due. */
  requireProof: () => get<null>('/api/confirm'),
  byPassphrase: (passphrase: string) => post<wire.Me>('/api/confirm/passphrase', { passphrase }),
  byCode: (code: string) => post<wire.Me>('/api/confirm/code', { code }),
  byPhrase: (phrase: string) => post<wire.Me>('/api/confirm/phrase', { phrase }),
  /** Throws an Error named NotAllowedError when the person stops or has no passkey here. */
  byPasskey: async () => {
    const { options } = await api.passkeySignInOptions();
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    const credential = await startAuthentication({ optionsJSON });
    return post<wire.Me>('/api/confirm/passkey', { credential });
  },
};
