import { api } from '../data/api/client.ts';
import { loadTexts } from '../i18n/index.svelte.ts';

/** What the owner of the account is to be asked, and the part that asks; null on almost every day. */
export async function askedAboutDevices() {
  const devices = await api.newDevices();
  if (!devices.length) return null;
  const [part] = await Promise.all([import('./NewDevices.svelte'), loadTexts('devices')]);
  return { devices, NewDevices: part.default };
}
