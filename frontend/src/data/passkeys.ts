/** Passkeys as the browser keeps them; the server asks and checks. */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { api } from './api/client.ts';
import type { Me, WaysIn } from './api/types.ts';

/** A passkey belongs to a name; an address of bare numbers cannot have one. */
export const canUsePasskeys = (): boolean =>
  browserSupportsWebAuthn() && !/^[\d.]+$|:/.test(location.hostname);

/** Throws an Error named NotAllowedError when the person stops, InvalidStateError when there is one already. */
export async function addPasskey(name: string): Promise<WaysIn> {
  const { options } = await api.newPasskeyOptions();
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  return api.addPasskey(await startRegistration({ optionsJSON }), name);
}

/** Throws an Error named NotAllowedError when the person stops or has no passkey here. */
export async function signInWithPasskey(): Promise<Me> {
  const { options } = await api.passkeySignInOptions();
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return api.passkeySignIn(await startAuthentication({ optionsJSON }));
}

/** What went wrong, as the key of a text. */
export type Problem = 'offline' | 'noPasskey' | 'noPhrase' | 'cancelled' | 'known' | 'server';

export function problemOf(error: unknown): Problem {
  const { name, code, offline } = error as { name?: string; code?: string; offline?: boolean };
  if (offline) return 'offline';
  if (code === 'no_passkey') return 'noPasskey';
  if (code === 'no_phrase') return 'noPhrase';
  // Stopped at the device's own question, or at ours whether it is they.
  if (name === 'NotAllowedError' || name === 'AbortError' || code === 'confirm_it_is_you') {
    return 'cancelled';
  }
  if (name === 'InvalidStateError') return 'known';
  return 'server';
}
