/**
 * What a push shows, in the browser's language and always the same words: nobody who sees the screen learns
 * anything. Something is shown for every push, since a browser takes pushes away from who shows nothing.
 */
const WORDS = {
  en: {
    alert: 'You have a new alert',
    list: 'Something waits in your list',
    test: 'Notifications arrive here',
    reminder: 'Time for your exercises',
    emergency: 'A record was opened in an emergency',
  },
  es: {
    alert: 'Tiene un aviso nuevo',
    list: 'Algo espera en su lista',
    test: 'Las notificaciones llegan aquí',
    reminder: 'Es la hora de tus ejercicios',
    emergency: 'Se abrió un expediente en una emergencia',
  },
};
type Kind = keyof (typeof WORDS)['en'];

interface Push {
  t: Kind;
  id: string;
}

export function show(
  registration: Pick<ServiceWorkerRegistration, 'showNotification'>,
  payload: string,
  language: string,
): Promise<void> {
  const push = read(payload);
  const words = WORDS[language.startsWith('es') ? 'es' : 'en'];
  return registration.showNotification(words[push.t], {
    // The same news takes the place of what is there.
    tag: `${push.t}:${push.id}`,
    icon: '/icons/192.png',
    requireInteraction: push.t === 'alert' || push.t === 'emergency',
    data: push,
  });
}

/** Where a press leads; the page asks whose news it is, and what it is about. */
export function target(data: unknown): string {
  const { t, id } = read(JSON.stringify(data));
  if (t === 'reminder') return '/';
  if (t === 'emergency') return '/therapist/emergencies';
  return t === 'alert' && id ? `/therapist/notified/${id}` : '/therapist';
}

function read(payload: string): Push {
  try {
    const { t, id } = JSON.parse(payload) as Partial<Push>;
    return {
      t: t !== undefined && Object.hasOwn(WORDS.en, t) ? t : 'alert',
      id: /^[\da-f-]{36}$/.test(id ?? '') ? (id as string) : '',
    };
  } catch {
    return { t: 'alert', id: '' };
  }
}
