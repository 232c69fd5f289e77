import type { Question, ScreeningAnswers, ScreeningBody } from '../../data/api/types.ts';

export interface ScreeningDraft {
  id: string;
  /** of the list that was shown; null until it is there */
  version: number | null;
  /** What was not asked is not there. */
  answers: ScreeningAnswers;
  note: string;
  /** keys of the questions that leave no room for a plan when they are affirmed */
  blocking: readonly string[];
}

export const blankScreening = (id: string): ScreeningDraft => ({
  id,
  version: null,
  answers: {},
  note: '',
  blocking: [],
});

export const isBlocking = ({ level }: Pick<Question, 'level'>): boolean => level !== 'caution';

/** Whether an answer leaves no room for a home programme. */
export const isBlocked = ({ blocking, answers }: ScreeningDraft): boolean =>
  blocking.some((key) => answers[key] === 'yes');

/** Null where nobody asked anything: then there was no screening. */
export function screeningBody(draft: ScreeningDraft): (ScreeningBody & { id: string }) | null {
  const { id, version, answers, note } = draft;
  if (version === null || (!Object.keys(answers).length && !note.trim())) return null;
  return { id, version, answers: { ...answers }, note: note.trim() || null };
}
