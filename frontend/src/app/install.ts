/** Putting the app on the home screen: which way this device has, and the browser's own offer where it makes one. */

export type Device = 'installed' | 'ios' | 'android' | 'desktop';

interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** An iPad says that it is a Mac, but no Mac has a touch screen. */
export function deviceOf(userAgent: string, touchPoints: number, standalone: boolean): Device {
  if (standalone) return 'installed';
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Macintosh/.test(userAgent) && touchPoints > 1) return 'ios';
  return /Android/.test(userAgent) ? 'android' : 'desktop';
}

export function thisDevice(): Device {
  const standalone =
    matchMedia('(display-mode: standalone)').matches ||
    (navigator as { standalone?: boolean }).standalone === true;
  return deviceOf(navigator.userAgent, navigator.maxTouchPoints, standalone);
}

let offer: InstallOffer | null = null;

// It comes once, soon after the start, and can be used once.
globalThis.addEventListener?.('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event as InstallOffer;
});

export const hasOffer = () => offer !== null;

/** Whether the person accepted. */
export async function takeOffer(): Promise<boolean> {
  const taken = offer;
  offer = null;
  return (await taken?.prompt())?.outcome === 'accepted';
}
