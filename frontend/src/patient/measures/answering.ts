/** What the screen of a measure knows while it is filled in, and what it makes of that. */
import type { Bilingual, MeasureAnswer } from '../../data/api/types.ts';
import { stamp } from '../../domain/days.ts';
import type { Asked } from '../../domain/measures.ts';
import { uuid7 } from '../../domain/uuid.ts';
import type { PatientDiary } from '../diary.svelte.ts';

export interface Answers {
  names: string[];
  /** By the items' keys; what was not answered has none. */
  ratings: Record<string, number>;
  /** -1 while the patient names what is to be rated. */
  page: number;
}

export interface Question {
  key: string;
  ask: Bilingual;
}

/** Under what a draft of it is kept. */
export const subjectOf = ({ measure, due }: Asked): string =>
  `measure ${measure.form.key} ${measure.form.version} ${due.occasion} ${due.week}`;

export function questionsOf({ measure: { form } }: Asked, names: readonly string[]): Question[] {
  if (!form.named) return [...form.items];
  return names.map((name, at) => ({ key: `named_${at + 1}`, ask: { en: name, es: name } }));
}

/** Names without blanks around them, and without the fields that were left empty. */
export const written = (names: readonly string[]): string[] =>
  names.map((name) => name.trim().replace(/\s+/g, ' ')).filter(Boolean);

/** Resolves when it is on the disk; what was kept as a `draft` of it goes with it. */
export function save(
  diary: PatientDiary,
  { measure: { form }, due }: Asked,
  names: string[] | null,
  ratings: Record<string, number>,
  draft: string,
): Promise<void> {
  const entry: MeasureAnswer = {
    id: uuid7(),
    episode_id: diary.care?.episode.id ?? '',
    measure: form.key,
    version: form.version,
    occasion: due.occasion,
    week: due.week,
    ...stamp(),
    ratings: { ...ratings },
    names: names && [...names],
  };
  return diary.keep({ kind: 'measure_answer', entry }, draft);
}
