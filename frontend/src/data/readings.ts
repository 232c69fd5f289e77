/** Which messages were read on this phone. The clinic is told with every contact until it shows that it knows. */
import type { Message } from './api/types.ts';
import type { PhoneStore } from './db.ts';
import type { KeptReading } from './tables.ts';

/** Resolves once it is on the disk; read again, the first time counts. */
export async function keepReading(
  store: PhoneStore,
  account: string,
  messageId: string,
  read_at: string,
): Promise<void> {
  const vault = await store.vaultForWriting(account);
  await store.write(vault, ['readings'], async (tx) => {
    const readings = tx.objectStore('readings');
    if (await readings.getKey(messageId)) return;
    await readings.put({ id: messageId, account_id: account, read_at });
  });
}

export function readingsOf(store: PhoneStore, account: string): Promise<KeptReading[]> {
  return store.transact(['readings'], 'readonly', (tx) =>
    tx.objectStore('readings').index('account').getAll(account),
  );
}

/** The messages as this phone knows them, which may have read one that the clinic has as unread. */
export function withReadings(
  messages: readonly Message[],
  readings: readonly KeptReading[],
): Message[] {
  const readAt = new Map(readings.map(({ id, read_at }) => [id, read_at]));
  return messages.map((one) => ({ ...one, read_at: one.read_at ?? readAt.get(one.id) ?? null }));
}
