/** This browser's pushes: they belong to one account, and go when another one comes. */
import { thisDevice } from '../app/install.ts';
import { PUSHES } from '../app/session.svelte.ts';
import { ApiError } from './api/client.ts';
import { pushesApi } from './api/pushes.ts';

/**
 * 'unset': the clinic's server has no key. 'install': an iPhone takes pushes in the installed app alone.
 * 'unsupported': not in this browser or window.
 */
export type PushState = 'on' | 'off' | 'denied' | 'unset' | 'install' | 'unsupported';

export async function pushState(account: string): Promise<PushState> {
  const registration = await worker();
  if (!registration) return thisDevice() === 'ios' ? 'install' : 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const on = localStorage.getItem(PUSHES) === account && Notification.permission === 'granted';
  if (on && (await registration.pushManager.getSubscription())) return 'on';
  return (await pushesApi.mine()).key === null ? 'unset' : 'off';
}

/** Call it from a press: the browser asks the person. */
export async function switchOn(account: string): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'off';
  localStorage.setItem(PUSHES, account);
  try {
    return await subscribe();
  } catch (error) {
    await end();
    if (error instanceof ApiError) throw error;
    // A private window, or a browser without a push service.
    return 'unsupported';
  }
}

export async function switchOff(): Promise<PushState> {
  const subscription = await (await worker())?.pushManager.getSubscription();
  if (subscription) {
    // The same browser is the same one: this answers with its id.
    const { id } = await pushesApi.subscribe(subscription.toJSON());
    await pushesApi.drop(id);
  }
  await end();
  return 'off';
}

/** At every start and change of who is signed in; null: nobody is. */
export async function belongTo(account: string | null): Promise<void> {
  if (localStorage.getItem(PUSHES) !== account) return end();
  try {
    if (Notification.permission === 'granted') await subscribe();
  } catch {
    // Without a network, or a push service: at the next start.
  }
}

/** Subscribes this browser, or says to the server again that it is. */
async function subscribe(): Promise<PushState> {
  const registration = await worker();
  const { key } = await pushesApi.mine();
  if (!registration || key === null) {
    await end();
    return key === null ? 'unset' : 'unsupported';
  }
  const { pushManager } = registration;
  const wanted = bytes(key);
  let subscription = await pushManager.getSubscription();
  // With another key than the clinic's, nobody could push to it any more.
  if (subscription && !isSame(subscription.options.applicationServerKey, wanted)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: wanted,
  });
  await pushesApi.subscribe(subscription.toJSON());
  return 'on';
}

/** What was shown goes, too: whoever comes next must not find it. */
async function end(): Promise<void> {
  localStorage.removeItem(PUSHES);
  const registration = await worker();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  for (const one of (await registration?.getNotifications()) ?? []) one.close();
}

async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('PushManager' in globalThis && 'Notification' in globalThis)) return undefined;
  const { serviceWorker } = navigator;
  return (await serviceWorker?.getRegistration()) && serviceWorker.ready;
}

function bytes(written: string): Uint8Array<ArrayBuffer> {
  const plain = atob(written.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function isSame(present: ArrayBuffer | null, wanted: Uint8Array): boolean {
  const bytes = new Uint8Array(present ?? new ArrayBuffer(0));
  return bytes.length === wanted.length && bytes.every((byte, index) => byte === wanted[index]);
}
