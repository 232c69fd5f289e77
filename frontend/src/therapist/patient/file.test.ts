import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { api } from '../../data/api/client.ts';
import type { PatientPage } from '../../data/api/types.ts';
import { PatientFile } from './file.svelte.ts';

const told = (today: string): PatientPage => ({ today }) as PatientPage;
let occupied = false;

beforeEach(() => (occupied = false));
afterEach(() => vi.restoreAllMocks());

async function opened() {
  const asked = vi.spyOn(api, 'patient').mockImplementation(async () => told('first'));
  const file = new PatientFile('p', null, () => occupied);
  await file.watch.now();
  expect(file.page?.today).toBe('first');
  return [file, asked] as const;
}

test('what comes is shown at once, and offered to whoever is writing', async () => {
  const [file, asked] = await opened();
  asked.mockResolvedValue(told('second'));
  await file.watch.now();
  expect(file.page?.today).toBe('second');
  occupied = true;
  asked.mockResolvedValue(told('third'));
  await file.watch.now();
  expect([file.page?.today, file.newer?.today]).toEqual(['second', 'third']);
  await file.load();
  expect([file.page?.today, file.newer]).toEqual(['third', null]);
});

test('the same once more is no news, and leaves the page as it is', async () => {
  const [file] = await opened();
  occupied = true;
  const before = file.page;
  await file.watch.now();
  expect(file.newer).toBeNull();
  expect(file.page).toBe(before);
});

test('what the reader did is no news, and an answer from before it is not shown over it', async () => {
  const [file, asked] = await opened();
  occupied = true;
  let answer = (_: PatientPage): void => undefined;
  asked.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const looking = file.watch.now();
  asked.mockResolvedValue(told('done'));
  await file.load();
  answer(told('before'));
  await looking;
  expect([file.page?.today, file.newer]).toEqual(['done', null]);
});

test('what the reader did stays, though an answer from before it comes after it', async () => {
  const [file, asked] = await opened();
  let answer = (_: PatientPage): void => undefined;
  asked.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const looking = file.watch.now();
  asked.mockResolvedValue(told('done, as the server tells it'));
  file.put(told('done'));
  expect(file.page?.today).toBe('done');
  answer(told('before'));
  await looking;
  expect(file.page?.today).toBe('done, as the server tells it');
});
