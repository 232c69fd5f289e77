/// <reference lib="webworker" />
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { api } from './data/api/client.ts';
import { pushesApi } from './data/api/pushes.ts';
import { TABS, accountOf } from './data/background.ts';
import { PhoneStore } from './data/db.ts';
import { Sender } from './data/sender.ts';
import { show, target } from './notifications.ts';
import { keepEarlierParts, partOf } from './parts.ts';

declare const self: ServiceWorkerGlobalScope;

// Before the new release takes the place of the old one in the cache.
self.addEventListener('install', (event) => event.waitUntil(keepEarlierParts()));

// The shell only. Health data lives in IndexedDB, never in a cache: /api is not even looked at.
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(({ url }) => url.pathname.startsWith('/assets/'), partOf);
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/^\/api\//] }),
);

// The page that installed the first worker is its own from then on: a phone that goes offline right
// after joining must find the parts that it has not opened yet.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

// A new worker waits until the page says that nobody is in the middle of something.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

interface SyncEvent extends ExtendableEvent {
  tag: string;
}

// The network is back, and perhaps no page is open.
self.addEventListener('sync', (event) => {
  const account = accountOf((event as SyncEvent).tag);
  if (account) (event as SyncEvent).waitUntil(sendOutbox(account));
});

async function sendOutbox(account: string): Promise<void> {
  const store = new PhoneStore();
  const tabs = new BroadcastChannel(TABS);
  try {
    const { locks } = navigator;
    const [send, tell] = [api.sync, api.readMessages];
    const sender = new Sender({ store, send, tell, locks, random: Math.random });
    const ending = await sender.drain(account);
    tabs.postMessage('changed');
    // A failure is what makes the browser call again later.
    if (ending.kind === 'retry') throw new Error('The outbox could not be sent yet.');
  } finally {
    tabs.close();
    await store.close();
  }
}

self.addEventListener('push', (event) => {
  event.waitUntil(show(self.registration, event.data?.text() ?? '', navigator.language));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(target(event.notification.data)));
});

interface ChangeEvent extends ExtendableEvent {
  oldSubscription?: PushSubscription;
}

// The browser gave up the old address. Without a new one, or the server's consent, the next start of the app
// sees to it.
self.addEventListener('pushsubscriptionchange', (event) => {
  const { oldSubscription } = event as ChangeEvent;
  (event as ChangeEvent).waitUntil(subscribeAgain(oldSubscription?.options));
});

async function subscribeAgain(options?: PushSubscriptionOptions): Promise<void> {
  if (!options) return;
  const subscription = await self.registration.pushManager.subscribe(options);
  await pushesApi.subscribe(subscription.toJSON());
}
