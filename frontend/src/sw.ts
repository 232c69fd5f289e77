/// <reference lib="webworker" />
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;

// The shell only. Health data lives in IndexedDB, never in a cache: /api is not even looked at.
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/^\/api\//] }),
);

// The first visit must already be usable offline, without a second one.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

// A new worker waits until the page says that nobody is in the middle of something.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

// The page that installed the first worker is its own from then on: a phone that goes offline right
// after joining must find the parts that it has not opened yet.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
