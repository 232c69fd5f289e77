/** What the screens do with messages to the clinic. */
import type { Message } from '../../data/api/types.ts';
import { takeBack, threadOf } from '../../data/thread.ts';
import { withOffset } from '../../domain/days.ts';
import { uuid7 } from '../../domain/uuid.ts';
import { store, type PatientDiary } from '../diary.svelte.ts';

/** Newest first. */
export const threadIn = ({ received, letters, name }: PatientDiary): Message[] =>
  threadOf(received, letters, name);

/** Resolves when it is on the disk; what was kept as a `draft` of it goes with it. */
export function write(diary: PatientDiary, text: string, draft: string): Promise<void> {
  const entry = { id: uuid7(), text, written_at: withOffset(new Date()) };
  return diary.keep({ kind: 'message', entry }, draft);
}

/** Whether a message could be taken back: the clinic may have it already. */
export async function takeBackFrom(diary: PatientDiary, message: Message): Promise<boolean> {
  const done = await takeBack(store, diary.me.account.id, message.id);
  if (done) await diary.sync.kept();
  return done;
}
