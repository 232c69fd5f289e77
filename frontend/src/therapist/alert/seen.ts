/** Tells the server that a person has an alert's reason on the screen: once for each page that was loaded. */
import { session } from '../../app/session.svelte.ts';
import { qualityApi } from '../../data/api/quality.ts';

/** What passes by faster than this was not read; what comes into view together is told together. */
const GLANCE_MS = 700;
const AT_ONCE = 100;

/** By account: somebody else may sign in on the same page. */
const told = new Set<string>();
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

const key = (id: string): string => `${session.me?.account.id} ${id}`;

async function tell(): Promise<void> {
  timer = undefined;
  const alerts = [...waiting].slice(0, AT_ONCE);
  for (const id of alerts) waiting.delete(id);
  if (waiting.size > 0) begin();
  if (alerts.length === 0) return;
  const keys = alerts.map(key);
  for (const one of keys) told.add(one);
  try {
    await qualityApi.viewed(alerts);
  } catch {
    // Told when it comes into view the next time.
    for (const one of keys) told.delete(one);
  }
}

function begin(): void {
  timer ??= setTimeout(() => void tell(), GLANCE_MS);
}

/** For the element that says the reason. In a hidden tab nothing comes into view. */
export function seen(id: string) {
  return (node: HTMLElement): (() => void) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.at(-1)?.isIntersecting) waiting.delete(id);
        else if (!told.has(key(id))) {
          waiting.add(id);
          begin();
        }
      },
      { threshold: 0.5 },
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
      waiting.delete(id);
    };
  };
}
