import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const KEY = new Uint8Array(65).fill(4);
const WRITTEN = Buffer.from(KEY).toString('base64url');
const PUSHES = 'glidepath.pushes';

vi.mock('../app/session.svelte.ts', () => ({ PUSHES: 'glidepath.pushes' }));
vi.mock('../app/install.ts', () => ({ thisDevice: () => 'ios' }));

/** A browser as far as pushes go, and a server that keeps whose it is told. */
class World {
  permission: NotificationPermission = 'default';
  answer: NotificationPermission = 'granted';
  key: string | null = WRITTEN;
  subscription: { endpoint: string; key: Uint8Array } | null = null;
  made = 0;
  told: string[] = [];
  dropped: string[] = [];
  closed = 0;
  offline = false;
  refuses = false;

  pushManager = {
    getSubscription: async () => this.#handle(),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      if (this.refuses) throw new DOMException('no push service', 'AbortError');
      this.subscription = { endpoint: `e${++this.made}`, key: applicationServerKey };
      return this.#handle();
    },
  };

  #handle() {
    const mine = this.subscription;
    return (
      mine && {
        options: { applicationServerKey: mine.key.buffer },
        toJSON: () => ({ endpoint: mine.endpoint }),
        unsubscribe: async () => {
          this.subscription = null;
          return true;
        },
      }
    );
  }

  fetch = async (path: string, init: { method: string; body?: string }) => {
    if (this.offline) throw new TypeError('offline');
    const json = (body: unknown) =>
      new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
    if (path === '/api/push') return json({ key: this.key, browsers: [] });
    if (init.method === 'DELETE') {
      this.dropped.push(path);
      return new Response(null, { status: 204 });
    }
    const { endpoint } = JSON.parse(init.body ?? '{}') as { endpoint: string };
    this.told.push(endpoint);
    return json({ id: `id-${endpoint}`, made_at: '', sent_at: null });
  };
}

let world: World;
let push: typeof import('./push.ts');

beforeEach(async () => {
  world = new World();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
  const registration = {
    pushManager: world.pushManager,
    getNotifications: async () => [{ close: () => (world.closed += 1) }],
  };
  vi.stubGlobal('navigator', {
    serviceWorker: { getRegistration: async () => registration, ready: registration },
  });
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', {
    get permission() {
      return world.permission;
    },
    requestPermission: async () => (world.permission = world.answer),
  });
  vi.stubGlobal('fetch', world.fetch);
  push = await import('./push.ts');
});
afterEach(() => vi.unstubAllGlobals());

test('a press asks, subscribes with the key of the clinic and tells the server', async () => {
  expect(await push.pushState('ana')).toBe('off');
  expect(world.permission).toBe('default');
  expect(await push.switchOn('ana')).toBe('on');
  expect(world.subscription?.key).toEqual(KEY);
  expect(world.told).toEqual(['e1']);
  expect(await push.pushState('ana')).toBe('on');
});

test('who says no is told so, and nothing is subscribed', async () => {
  world.answer = 'denied';
  expect(await push.switchOn('ana')).toBe('denied');
  expect(await push.pushState('ana')).toBe('denied');
  expect(world.subscription).toBeNull();
});

test('a browser without a push service, and a server without a key, leave nothing on', async () => {
  world.refuses = true;
  expect(await push.switchOn('ana')).toBe('unsupported');
  world.refuses = false;
  world.key = null;
  expect(await push.switchOn('ana')).toBe('unset');
  expect(localStorage.getItem(PUSHES)).toBeNull();
  expect(world.told).toEqual([]);
});

test('an iPhone is told to install first', async () => {
  vi.unstubAllGlobals();
  vi.stubGlobal('navigator', {});
  expect(await push.pushState('ana')).toBe('install');
});

test('switched off, neither the browser nor the server knows of it', async () => {
  await push.switchOn('ana');
  expect(await push.switchOff()).toBe('off');
  expect(world.subscription).toBeNull();
  expect(world.dropped).toEqual(['/api/push-subscriptions/id-e1']);
});

test.each([null, 'ben'])('nobody, or somebody else, signed in (%s) ends them', async (who) => {
  await push.switchOn('ana');
  await push.belongTo(who);
  expect(world.subscription).toBeNull();
  expect(world.closed).toBe(1);
  expect(world.told).toEqual(['e1']);
  await push.belongTo('ana');
  expect(world.made).toBe(1);
});

test('signing out without a network ends them all the same', async () => {
  await push.switchOn('ana');
  world.offline = true;
  await push.belongTo(null);
  expect(world.subscription).toBeNull();
});

test('at the next start the same browser is told to the server again, or a lost one made anew', async () => {
  await push.switchOn('ana');
  await push.belongTo('ana');
  expect(world.told).toEqual(['e1', 'e1']);
  world.subscription = null;
  await push.belongTo('ana');
  expect(world.told).toEqual(['e1', 'e1', 'e2']);
});

test('with another key of the clinic the browser subscribes anew', async () => {
  await push.switchOn('ana');
  world.key = Buffer.from(new Uint8Array(65).fill(5)).toString('base64url');
  await push.belongTo('ana');
  expect(world.told).toEqual(['e1', 'e2']);
  expect(world.subscription?.key[0]).toBe(5);
});

test('a start without a network keeps what there is', async () => {
  await push.switchOn('ana');
  world.offline = true;
  await push.belongTo('ana');
  expect(world.subscription?.endpoint).toBe('e1');
  expect(await push.pushState('ana')).toBe('on');
});
