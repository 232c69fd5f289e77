import { describe, expect, test } from 'vitest';
import library from '../../../../backend/glidepath/clinical/data/exercises.json';
import type { Exercise, OwnExercise } from '../../data/api/types.ts';
import { draftOf, newDraft, ownBody, problems, type OwnDraft } from './draft.ts';

const absent = { repetitions: null, hold_seconds: null };
const model = (kind: string): Exercise => {
  const found = (library.exercises as unknown as Exercise[]).find((one) => one.kind === kind)!;
  return { ...found, dose: { ...absent, ...found.dose }, usual: { ...absent, ...found.usual } };
};
const STRETCH = model('static_stretch');
const written = (title: string) => ({
  title,
  summary: 'For the calf.',
  position: 'Stand at a wall.',
  steps: ' Lean in. \n\n Stay. ',
  caution: 'It should not hurt.',
});
const draft = (change: Partial<OwnDraft> = {}): OwnDraft => ({
  ...newDraft('id', STRETCH),
  en: written(' Calf '),
  ...change,
});
const codes = (of: OwnDraft, first: 'en' | 'es' = 'en') =>
  problems(of, first, STRETCH).map(({ code, language, name }) => [code, language, name].join(' '));

test('it is sent trimmed, a step a line, and in the languages that have words', () => {
  expect(ownBody(draft(), STRETCH).exercise).toMatchObject({
    en: { title: 'Calf', steps: ['Lean in.', 'Stay.'] },
    es: null,
    dose: STRETCH.dose,
  });
  expect(codes(draft())).toEqual([]);
});

test('one language is enough, and it need not be that of the reader', () => {
  expect(codes(draft(), 'es')).toEqual([]);
  const none = draft({ en: newDraft('id', STRETCH).en });
  expect(codes(none, 'es')[0]).toBe('missing es title');
});

describe('what keeps it from being saved', () => {
  test.each([
    [{ en: { ...written('Calf'), caution: ' ' } }, 'missing en caution'],
    [{ en: { ...written('Calf'), steps: 'a\nb\nc\nd\ne\nf\ng' } }, 'tooMany en steps'],
    [{ en: { ...written('Calf'), steps: 'a'.repeat(301) } }, 'tooLong en steps'],
    [{ es: { ...written('Gemelo'), steps: 'Uno.' } }, 'stepsDiffer es steps'],
    [{ dose: { ...STRETCH.dose, hold_seconds: 60 } }, 'badDose  dose'],
    [{ dose: { ...STRETCH.dose, sets: null } }, 'badDose  dose'],
  ])('%j', (change, code) => {
    expect(codes(draft(change))).toEqual([code]);
  });
});

test('a glide has no hold, whatever its draft had', () => {
  const glide = model('nerve_glide');
  const one = newDraft('id', glide);
  one.dose.hold_seconds = 30;
  expect(ownBody(one, glide).exercise.dose.hold_seconds).toBeNull();
});

test('what was saved comes back as it was', () => {
  const { exercise } = ownBody(draft(), STRETCH);
  const kept: OwnExercise = { id: 'id', key: 'own-id', version: 3, retired: false, exercise };
  expect(ownBody(draftOf(kept), STRETCH)).toEqual({ version: 3, exercise });
});
