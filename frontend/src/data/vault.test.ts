import { expect, test } from 'vitest';
import { amend, history, keep, take, unsent } from './outbox.ts';
import { merge, readCare } from './pull.ts';
import { checkIn, freshStore } from './testing.ts';
import type { Care } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import { Vault } from './vault.ts';

const ANA = 'ana';
const NOTE = 'canary-of-the-note';
const STORES = ['entries', 'outbox', 'care', 'keys'] as const;

/** Everything in the store as a disk would have it: text as it stands, bytes as letters. */
async function rawText(store: PhoneStore): Promise<string> {
  const rows = await store.transact([...STORES], 'readonly', (tx) =>
    Promise.all(STORES.map((name) => tx.objectStore(name).getAll())),
  );
  const readable = (_key: string, value: unknown) =>
    value instanceof ArrayBuffer || value instanceof Uint8Array
      ? new TextDecoder('latin1').decode(value)
      : value;
  return JSON.stringify(rows, readable);
}

test('nothing that the patient said or the therapist wrote lies open in the store', async () => {
  const store = freshStore();
  const item = checkIn({ note: NOTE, sensations: ['tingling'] });
  await keep(store, ANA, item);
  await amend(store, ANA, item.entry.id, checkIn({ note: `${NOTE} again`, place: 'calf' }));
  const care = { patient: { name: NOTE }, messages: [] } as unknown as Care;
  const pulled = checkIn({ note: NOTE });
  const diary = { check_ins: [pulled.entry], exercise_sessions: [] };
  await merge(store, await store.vaultForWriting(ANA), care, diary);
  const text = await rawText(store);
  for (const said of [NOTE, 'tingling', 'calf', 'pain_now']) expect(text).not.toContain(said);
  // The same look does find what is open there.
  expect(text).toContain(item.entry.id);
  expect(await readCare(store, ANA)).toEqual(care);
  expect((await history(store, ANA)).map(({ entry }) => 'note' in entry && entry.note)).toEqual([
    `${NOTE} again`,
    NOTE,
  ]);
});

test('the key cannot be read, and another account or row opens nothing', async () => {
  const key = await Vault.newKey();
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  const vault = new Vault(ANA, '1', key);
  const sealed = await vault.seal('row', { pain_now: 3 });
  const fresh = (account: string) => new Vault(account, '1', key);
  expect(await fresh(ANA).open('row', sealed)).toEqual({ pain_now: 3 });
  expect(await fresh(ANA).open('other', sealed)).toBeNull();
  expect(await fresh('ben').open('row', sealed)).toBeNull();
  expect(await new Vault(ANA, '1', await Vault.newKey()).open('row', sealed)).toBeNull();
});

test('no two sealings share their initialisation vector', async () => {
  const vault = new Vault(ANA, '1', await Vault.newKey());
  const seals = await Promise.all(Array.from({ length: 500 }, () => vault.seal('row', 'same')));
  expect(new Set(seals.map(({ iv }) => String(iv))).size).toBe(500);
  expect(seals.every(({ iv }) => iv.length === 12)).toBe(true);
});

test('a row sealed anew is opened anew', async () => {
  const vault = new Vault(ANA, '1', await Vault.newKey());
  expect(await vault.open('row', await vault.seal('row', 1))).toBe(1);
  expect(await vault.open('row', await vault.seal('row', 2))).toBe(2);
});

test('with the account its key goes, and what comes after has another one', async () => {
  const store = freshStore();
  await keep(store, ANA, checkIn());
  const before = await store.vault(ANA);
  await store.forget(ANA);
  expect(await store.vault(ANA)).toBeNull();
  // Another tab with the old key in its memory must not write what nobody could open.
  await keep(store, ANA, checkIn());
  const after = await store.vault(ANA);
  expect(after?.keyId).not.toBe(before?.keyId);
  expect(await history(store, ANA)).toHaveLength(1);
});

test('an entry is sealed again when the account leaves and returns while it is being sealed', async () => {
  const store = freshStore();
  const stale = await store.vaultForWriting(ANA);
  await store.forget(ANA);
  const fresh = await store.vaultForWriting(ANA);
  let first = true;
  store.vaultForWriting = async () => {
    const vault = first ? stale : fresh;
    first = false;
    return vault;
  };
  await keep(store, ANA, checkIn());
  expect(await history(store, ANA)).toHaveLength(1);
});

test('an entry that this phone cannot open any more blocks nothing and stays in sight', async () => {
  const store = freshStore();
  const [broken, good] = [checkIn(), checkIn()];
  await keep(store, ANA, broken);
  await store.transact(['entries'], 'readwrite', async (tx) => {
    const row = await tx.objectStore('entries').get(broken.entry.id);
    await tx
      .objectStore('entries')
      .put({ ...row!, sealed: { ...row!.sealed, iv: new Uint8Array(12) } });
  });
  expect(await take(store, ANA, 50)).toEqual([]);
  await keep(store, ANA, good);
  expect((await take(store, ANA, 50)).map(({ id }) => id)).toEqual([good.entry.id]);
  expect(await history(store, ANA)).toEqual([good]);
  expect(await unsent(store, ANA)).toEqual([good]);
});

test('without WebCrypto nothing is kept, and the reason is plain', async () => {
  const whole = globalThis.crypto;
  const insecure = { getRandomValues: whole.getRandomValues.bind(whole) };
  Object.defineProperty(globalThis, 'crypto', { value: insecure, configurable: true });
  try {
    await expect(keep(freshStore(), ANA, checkIn())).rejects.toThrow('https');
  } finally {
    Object.defineProperty(globalThis, 'crypto', { value: whole, configurable: true });
  }
});
