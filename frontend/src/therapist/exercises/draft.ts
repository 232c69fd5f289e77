/** An exercise in the clinic's own words, on its way to be saved. */
import type {
  Exercise,
  ExerciseKind,
  Language,
  OwnExercise,
  OwnExerciseBody,
  OwnWords,
} from '../../data/api/types.ts';
import { FIELDS, hasUnusual, isComplete, itemBody, type DoseDraft } from '../plan/dose.ts';

export const MOST_STEPS = 6;
export const LONGEST = { title: 80, sentence: 300 } as const;

/** `steps` is typed a line each. */
export type WordsDraft = Record<'title' | 'summary' | 'position' | 'steps' | 'caution', string>;
export const WORDS = ['title', 'summary', 'position', 'steps', 'caution'] as const;

export interface OwnDraft extends Record<Language, WordsDraft> {
  id: string;
  /** of the exercise that is changed; null for a new one */
  version: number | null;
  kind: ExerciseKind;
  sides: Exercise['sides'];
  dose: DoseDraft;
}

const blank = (): WordsDraft => ({ title: '', summary: '', position: '', steps: '', caution: '' });

/** A new one, in the usual dose of its kind. */
export function newDraft(id: string, model: Exercise): OwnDraft {
  const { kind, sides, dose } = model;
  return { id, version: null, kind, sides, dose: { ...dose }, en: blank(), es: blank() };
}

export function draftOf({ id, version, exercise }: OwnExercise): OwnDraft {
  const { kind, sides, dose, en, es } = exercise;
  const figures = Object.fromEntries(FIELDS.map((field) => [field, dose[field] ?? null]));
  return {
    id,
    version,
    kind,
    sides,
    dose: figures as DoseDraft,
    en: typed(en),
    es: typed(es),
  };
}

const typed = (words: OwnWords | null): WordsDraft =>
  words ? { ...words, steps: words.steps.join('\n') } : blank();

export const stepsOf = ({ steps }: WordsDraft): string[] =>
  steps
    .split('\n')
    .map((step) => step.trim())
    .filter(Boolean);

const isBlank = (words: WordsDraft): boolean => WORDS.every((name) => !words[name].trim());

export interface Problem {
  code: 'missing' | 'tooMany' | 'tooLong' | 'stepsDiffer' | 'badDose';
  language: Language | null;
  name: (typeof WORDS)[number] | 'dose';
}

/** What keeps it from being saved; `first` is the language that is asked for where there is none. */
export function problems(draft: OwnDraft, first: Language, model: Exercise): Problem[] {
  const languages = (['en', 'es'] as const).filter((one) => one === first || !isBlank(draft[one]));
  const written =
    isBlank(draft[first]) && languages.length > 1
      ? languages.filter((one) => one !== first)
      : languages;
  const found = written.flatMap((language) => problemsOf(draft[language], language));
  const [one, other] = written.map((language) => stepsOf(draft[language]).length);
  if (other !== undefined && one !== other)
    found.push({ code: 'stepsDiffer', language: written[1] ?? null, name: 'steps' });
  const dosed = { id: draft.id, exercise: model, dose: draft.dose };
  if (!isComplete(dosed) || hasUnusual(dosed))
    found.push({ code: 'badDose', language: null, name: 'dose' });
  return found;
}

function problemsOf(words: WordsDraft, language: Language): Problem[] {
  const steps = stepsOf(words);
  const found: Problem[] = WORDS.filter((name) => !words[name].trim()).map((name) => ({
    code: 'missing',
    language,
    name,
  }));
  if (steps.length > MOST_STEPS) found.push({ code: 'tooMany', language, name: 'steps' });
  if (steps.some((step) => step.length > LONGEST.sentence))
    found.push({ code: 'tooLong', language, name: 'steps' });
  return found;
}

/** The request body of a complete draft; the same draft always makes the same body. */
export function ownBody(draft: OwnDraft, model: Exercise): OwnExerciseBody {
  const { id, version, kind, sides, dose } = draft;
  const { exercise_key: _, side: __, ...figures } = itemBody({ id, exercise: model, dose }, 'both');
  return {
    version,
    exercise: { kind, sides, dose: figures, en: wordsOf(draft.en), es: wordsOf(draft.es) },
  };
}

function wordsOf(words: WordsDraft): OwnWords | null {
  if (isBlank(words)) return null;
  const line = (text: string) => text.trim().replace(/\s+/g, ' ');
  return {
    title: line(words.title),
    summary: line(words.summary),
    position: line(words.position),
    steps: stepsOf(words).map(line),
    caution: line(words.caution),
  };
}
