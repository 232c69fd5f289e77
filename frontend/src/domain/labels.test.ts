import { expect, it } from 'vitest';
import labels from '../../../backend/glidepath/clinical/data/labels.json';
import { PLACES, RED_FLAGS, SENSATIONS } from './vocabulary.ts';

it('names every word of the vocabulary, in its order', () => {
  expect(Object.keys(labels.places)).toEqual(PLACES);
  expect(Object.keys(labels.sensations)).toEqual(SENSATIONS);
  expect(Object.keys(labels.red_flags)).toEqual(RED_FLAGS);
  expect(Object.keys(labels.red_flag_questions)).toEqual(RED_FLAGS);
});
