/**
 * The questions that patients ask, in the order in which most of them ask. Texts are in messages/.../learn.json;
 * here stands what each of them rests on, by the keys of the clinical facts, so that a change of a fact finds them.
 */
import type { ExerciseKind } from '../../data/api/types.ts';

export interface Topic {
  id: TopicId;
  facts: readonly string[];
  /** The kind of exercise that the answer is about: the plan's own are shown with it. */
  kind: Extract<ExerciseKind, 'static_stretch' | 'nerve_glide'> | null;
  /** Muscle and nerve drawn side by side. */
  figure: boolean;
}

export type TopicId = (typeof IDS)[number];
const IDS = [
  'tell-apart',
  'stretch-safely',
  'nerve-glide',
  'tingling',
  'burning',
  'see-therapist',
] as const;

const ABOUT: Record<TopicId, Omit<Topic, 'id'>> = {
  'tell-apart': {
    facts: [
      'anatomy.path',
      'anatomy.neurodynamic',
      'anatomy.same_place',
      'differentiate.quality',
      'differentiate.position',
      'differentiate.unsure',
    ],
    kind: null,
    figure: true,
  },
  'stretch-safely': {
    facts: [
      'anatomy.neurodynamic',
      'benefit.hamstring',
      'safety.aggressive',
      'safety.stop_and_switch',
      'modify.reduce_tension',
    ],
    kind: 'static_stretch',
    figure: false,
  },
  'nerve-glide': {
    facts: ['safety.glide_never_static', 'safety.worsening_stops', 'safety.aggressive'],
    kind: 'nerve_glide',
    figure: false,
  },
  tingling: {
    facts: [
      'differentiate.quality',
      'safety.stop_and_switch',
      'safety.aggressive',
      'modify.reduce_tension',
    ],
    kind: 'nerve_glide',
    figure: false,
  },
  burning: {
    facts: [
      'differentiate.quality',
      'anatomy.disc',
      'safety.aggressive',
      'modify.reduce_tension',
      'differentiate.unsure',
    ],
    kind: null,
    figure: true,
  },
  'see-therapist': {
    facts: [
      'differentiate.unsure',
      'anatomy.same_place',
      'tests.slr',
      'tests.slump',
      'rehab.personal',
    ],
    kind: null,
    figure: false,
  },
};

export const TOPICS: readonly Topic[] = IDS.map((id) => ({ id, ...ABOUT[id] }));
