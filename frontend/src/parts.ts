/// <reference lib="webworker" />
/**
 * The worker's memory of the release before. A tab that was opened under it still asks for its parts by
 * their old names, which neither the server nor the new worker's list knows any more.
 */
import { cacheNames } from 'workbox-core';

const EARLIER = 'glidepath-earlier-parts';

export async function keepEarlierParts(): Promise<void> {
  await caches.delete(EARLIER);
  const [present, earlier] = await Promise.all([
    caches.open(cacheNames.precache),
    caches.open(EARLIER),
  ]);
  for (const request of await present.keys()) {
    const part = await present.match(request);
    if (part && new URL(request.url).pathname.startsWith('/assets/')) {
      await earlier.put(request, part);
    }
  }
}

/** Names under /assets carry a hash of their content: any copy of one is the right one. */
export async function partOf({ request }: { request: Request }): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
