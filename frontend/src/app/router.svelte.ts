/** Path routing for one page: `location` is what is shown, `go` changes it, plain links just work. */

class Router {
  path = $state(globalThis.location?.pathname ?? '/');

  constructor() {
    globalThis.addEventListener?.('popstate', () => (this.path = globalThis.location.pathname));
  }

  go(path: string, { replace = false } = {}): void {
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    this.path = globalThis.location.pathname;
    globalThis.scrollTo(0, 0);
  }

  /** A click listener for the root element: follows links inside the app without loading a page. */
  follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement)) return;
    const plain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const ours = link.origin === location.origin && !link.target && !link.hasAttribute('download');
    // A link to a place on the same page (an error summary's) is the browser's own business.
    const withinPage = link.hash !== '' && link.pathname === location.pathname;
    if (!plain || !ours || withinPage || event.defaultPrevented) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  };
}

export const router = new Router();

/** Values of `:name` parts where `path` has the shape of `pattern`, else null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== given.length && !(pattern === '/' && given.length === 1)) return null;
  if (pattern === '/') return given.join('') === '' ? {} : null;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':') && value) values[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return values;
}
