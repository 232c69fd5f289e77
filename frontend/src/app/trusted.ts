/**
 * Trusted Types: the browser refuses every text that would become a script, but for what a policy passes.
 * Svelte brings one for its templates; this one passes the worker's address and nothing else.
 */

type Policies = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
};

const WORKER = '/sw.js';

/** The worker's address, as `serviceWorker.register` takes it. */
export function workerUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  if (!trustedTypes) return WORKER;
  return trustedTypes
    .createPolicy('glidepath-worker', {
      createScriptURL(url) {
        if (url !== WORKER) throw new TypeError('No other script is loaded by its address.');
        return url;
      },
    })
    .createScriptURL(WORKER);
}
