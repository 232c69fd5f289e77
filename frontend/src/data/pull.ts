/** Brings back what the server knows: the care plan, and the diary of this or another phone. */
import { addDays, today } from '../domain/days.ts';
import { api } from './api/client.ts';
import type { Care, Diary } from './api/types.ts';
import type { DiaryEntry, PhoneStore } from './db.ts';

const FIRST_PULL_DAYS = 365;
const LATER_PULL_DAYS = 30;

/** Throws ApiError; what was kept before stays as it was. */
export async function pull(store: PhoneStore, account: string): Promise<Care> {
  const before = await readCare(store, account);
  const days = before?.diary_pulled_at ? LATER_PULL_DAYS : FIRST_PULL_DAYS;
  const [care, diary] = await Promise.all([api.care(), api.diary(addDays(today(), -days))]);
  await merge(store, account, care, diary);
  return care;
}

/** Keeps every revision that the server sends; an entry of our own that waits to be sent is not touched. */
export async function merge(
  store: PhoneStore,
  account: string,
  care: Care,
  diary: Diary,
): Promise<void> {
  const items: DiaryEntry[] = [
    ...diary.check_ins.map((entry) => ({ kind: 'check_in' as const, entry })),
    ...diary.exercise_sessions.map((entry) => ({ kind: 'exercise_session' as const, entry })),
  ];
  await store.transact(['entries', 'outbox', 'care'], 'readwrite', async (tx) => {
    for (const item of items) {
      const id = item.entry.id;
      if (await tx.objectStore('outbox').index('entry').getKey(id)) continue;
      await tx.objectStore('entries').put({ ...item, id, account_id: account });
    }
    await tx
      .objectStore('care')
      .put({ account_id: account, care, diary_pulled_at: new Date().toISOString() });
  });
}

export async function readCare(store: PhoneStore, account: string) {
  return store.transact(['care'], 'readonly', (tx) => tx.objectStore('care').get(account));
}
