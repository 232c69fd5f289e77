// Served as /sw.js while GLIDEPATH_SERVICE_WORKER is false: takes the place of whatever worker a browser has, removes
// what was kept of the app's files, and goes. The diary and what waits to be sent lie elsewhere and stay.
self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));

self.addEventListener('activate', (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) await caches.delete(name);
  // Pages of the worker before; a page that is loaded from now on belongs to none, so that this comes to an end.
  const pages = await self.clients.matchAll({ type: 'window' });
  await self.registration.unregister();
  await Promise.allSettled(pages.map((page) => page.navigate(page.url)));
}
