/** A new release waits until nobody is in the middle of something; then one page load brings it. */

class Updates {
  ready = $state(false);
  #waiting: ServiceWorker | null = null;

  async start(): Promise<void> {
    if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
    // A first visit gains its worker without a reload: the page is already the newest.
    const hadWorker = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (hadWorker && this.#waiting) location.reload();
    });
    const registration = await navigator.serviceWorker.register('/sw.js', {
      updateViaCache: 'none',
    });
    this.#offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && hadWorker) this.#offer(worker);
      });
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
    });
  }

  #offer(worker: ServiceWorker | null): void {
    this.#waiting = worker;
    this.ready = worker !== null;
  }

  take(): void {
    this.#waiting?.postMessage('take-over');
  }
}

export const updates = new Updates();
