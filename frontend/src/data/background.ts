/** Where the browser can, its worker sends what waits once there is a network, with no page open. */

/** The pages and the worker tell each other here that the phone's store has changed. */
export const TABS = 'glidepath';

// Account-bound as all of the outbox: the worker sends for nobody but the account that asked.
const PREFIX = 'outbox:';

/** The account whose outbox a `sync` event is about; null if it is about something else. */
export function accountOf(tag: string): string | null {
  return tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : null;
}

/** Background sync, as far as it is known: not every browser has it, nor TypeScript. */
interface WithSync {
  sync?: { register(tag: string): Promise<void> };
}

export async function sendInBackground(account: string): Promise<void> {
  // Refused or missing, only the convenience is lost: the pages send whenever one of them is open.
  const registration = (await navigator.serviceWorker?.ready.catch(() => null)) as WithSync | null;
  await registration?.sync?.register(PREFIX + account).catch(() => undefined);
}
