import { describe, expect, test } from 'vitest';
import library from '../../../../backend/glidepath/clinical/data/exercises.json';
import english from '../../../messages/en/learn.json';
import spanish from '../../../messages/es/learn.json';
import { TOPICS } from './topics.ts';

type Words = (typeof english)['topics'][(typeof TOPICS)[number]['id']];

const LANGUAGES = [
  {
    name: 'English',
    texts: english,
    holding: /\b(hold|stay|still|stops?|seconds?)\b/i,
    denied: /\b(never|not|no|would be|stop at once)\b/i,
    glide: /glide/i,
    onlyIf: /\b(if|only)\b/i,
    stops: /^Stop at once/,
  },
  {
    name: 'Spanish',
    texts: spanish,
    holding: /\b(mant[eé]n|manten\w*|quedar\w*|quieto|detiene|segundos?)\b/i,
    denied: /\b(nunca|no|ser[ií]a)\b/i,
    glide: /deslizamiento/i,
    onlyIf: /\b(si|solo)\b/i,
    stops: /^Para enseguida/,
  },
];

const exercise = (key: string) => library.exercises.find((one) => one.key === key)!;
const sentences = (text: string) => text.split(/\n|(?<=[.?!])\s+/);
const all = (words: Words) => Object.values(words).flatMap(sentences);
const numbers = (text: string) => [...text.matchAll(/\d+/g)].map(Number);

test('every topic rests on facts', () => {
  for (const { id, facts } of TOPICS) expect(facts.length, id).toBeGreaterThan(0);
});

describe.each(LANGUAGES)('$name', ({ texts, holding, denied, glide, onlyIf, stops }) => {
  const words = texts.topics as Record<string, Words>;

  test('has a text for each topic, and none for another', () => {
    expect(Object.keys(words)).toEqual(TOPICS.map(({ id }) => id));
  });

  test('safety.glide_never_static: what is said of holding a glide is that it is not done', () => {
    const said = all(words['nerve-glide']!).filter((sentence) => holding.test(sentence));
    expect(said.length).toBeGreaterThan(0);
    for (const sentence of said) expect(sentence).toMatch(denied);
    // Nowhere else is a glide named in one breath with holding either.
    for (const { id } of TOPICS.filter(({ id }) => id !== 'nerve-glide'))
      for (const sentence of all(words[id]!).filter((one) => glide.test(one)))
        expect(sentence).not.toMatch(/\d/);
  });

  test('safety.worsening_stops: what worsens a glide ends it', () => {
    expect(words['nerve-glide']!.call).toMatch(stops);
  });

  test('no glide that the plan and the day do not offer', () => {
    for (const id of ['stretch-safely', 'tingling'])
      for (const sentence of sentences(words[id]!.now).filter((one) => glide.test(one)))
        expect(sentence).toMatch(onlyIf);
  });

  test('doses are those of the library', () => {
    const { hold_seconds, sets } = exercise('hamstring_stretch').usual;
    const { repetitions } = exercise('sciatic_glide').usual;
    expect(numbers(words['stretch-safely']!.now)).toEqual([
      hold_seconds!.least,
      hold_seconds!.most,
      sets!.least,
      sets!.most,
    ]);
    expect(numbers(words['nerve-glide']!.now)).toEqual([repetitions!.least, repetitions!.most]);
    // The 24 is that of a clinic's day.
    for (const { id } of TOPICS)
      for (const [part, text] of Object.entries(words[id]!))
        if (part !== 'now')
          expect(
            numbers(text).filter((number) => number !== 24),
            id,
          ).toEqual([]);
  });

  test('is short, in short sentences', () => {
    for (const { id } of TOPICS) {
      const said = all(words[id]!);
      const count = (text: string) => text.split(/\s+/).length;
      expect(count(said.join(' ')), id).toBeLessThan(230);
      for (const sentence of said) expect(count(sentence), sentence).toBeLessThanOrEqual(30);
    }
  });
});
