import { expect, test, vi } from 'vitest';
import { show, target } from './notifications.ts';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

async function shown(payload: string, language = 'en-GB') {
  const showNotification = vi.fn<ServiceWorkerRegistration['showNotification']>(async () => {});
  await show({ showNotification }, payload, language);
  expect(showNotification).toHaveBeenCalledTimes(1);
  return showNotification.mock.calls[0]!;
}

test.each([
  ['alert', 'en-GB', 'You have a new alert'],
  ['alert', 'es-MX', 'Tiene un aviso nuevo'],
  ['alert', 'fr', 'You have a new alert'],
  ['reminder', 'en', 'Time for your exercises'],
  ['reminder', 'es', 'Es la hora de tus ejercicios'],
  ['emergency', 'en', 'A record was opened in an emergency'],
  ['emergency', 'es', 'Se abrió un expediente en una emergencia'],
])('a push of the kind %s in %s says the same words always', async (kind, language, words) => {
  const payload = JSON.stringify({ t: kind, id: ID, name: 'Pat Doe' }).padEnd(96);
  const [title, options] = await shown(payload, language);
  expect(title).toBe(words);
  expect(JSON.stringify(options)).not.toContain('Pat');
});

test('the same news has the same tag, other news another', async () => {
  const tags = await Promise.all(
    [ID, ID, ID.replace('0f', '1f')].map(
      async (id) => (await shown(JSON.stringify({ t: 'alert', id })))[1]?.tag,
    ),
  );
  expect(tags[0]).toBe(tags[1]);
  expect(tags[0]).not.toBe(tags[2]);
});

test.each(['', 'x', 'null', '{}', '{"t":"constructor","id":7}', '{"t":"alert","id":"../x"}'])(
  'a push that says %j shows something all the same, and leads to the list',
  async (payload) => {
    const [title, options] = await shown(payload);
    expect(title).toBe('You have a new alert');
    expect(target(options?.data)).toBe('/therapist');
  },
);

test('a press leads to where the page asks what it is about, or to today', () => {
  expect(target({ t: 'alert', id: ID })).toBe(`/therapist/notified/${ID}`);
  expect(target({ t: 'list', id: ID })).toBe('/therapist');
  expect(target({ t: 'reminder', id: ID })).toBe('/');
  expect(target({ t: 'emergency', id: ID })).toBe('/therapist/emergencies');
});
