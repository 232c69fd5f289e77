/** A new release waits until nobody is in the middle of something; then one page load brings it. */

import { workerUrl } from './trusted.ts';

class Updates {
  /** There is a newer release than this page. */
  ready = $state(false);
  /** The newer release already serves this tab, since another one took it: load it at the next quiet moment. */
  overdue = $state(false);
  #waiting: ServiceWorker | null = null;
  #asked = false;

  async start(): Promise<void> {
    if (import.meta.env.DEV) return;
    addEventListener('vite:preloadError', () => void this.#lookAtServer());
    if (!('serviceWorker' in navigator)) return;
    // A first visit gains its worker without a reload: the page is already the newest.
    let first = navigator.serviceWorker.controller === null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (first) first = false;
      else if (this.#asked) location.reload();
      else this.ready = this.overdue = true;
    });
    const registration = await navigator.serviceWorker.register(workerUrl(), {
      updateViaCache: 'none',
    });
    this.#offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && registration.active) this.#offer(worker);
      });
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
    });
  }

  #offer(worker: ServiceWorker | null): void {
    this.#waiting = worker;
    if (worker) this.ready = true;
  }

  /** A part of this page could not be loaded: offline, or a page without a worker outlived its release. */
  async #lookAtServer(): Promise<void> {
    const entry = document.querySelector('script[type=module]')?.getAttribute('src');
    const page = await fetch('/index.html', { cache: 'no-store' }).catch(() => null);
    if (entry && page?.ok && !(await page.text()).includes(entry)) this.ready = true;
  }

  take(): void {
    this.#asked = true;
    if (this.#waiting && !this.overdue) this.#waiting.postMessage('take-over');
    else location.reload();
  }
}

export const updates = new Updates();
