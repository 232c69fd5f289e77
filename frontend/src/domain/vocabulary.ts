/** The words that the wire and the rules share. Order is meaning: places run from the back down the leg. */

export const PLACES = ['back', 'buttock', 'thigh', 'calf', 'foot'] as const;
export type Place = (typeof PLACES)[number];

export const SENSATIONS = [
  'dull_stretch',
  'tightness',
  'pulling',
  'tingling',
  'burning',
  'shooting',
  'numbness',
  'weakness',
] as const;
export type Sensation = (typeof SENSATIONS)[number];

/** What the check-in asks about: signs of a nerve, and weakness. */
export const NERVE_SIGNS = ['tingling', 'burning', 'shooting', 'numbness', 'weakness'] as const;

/** What a day's nerve count adds up, 0-4. */
export const NERVE_COUNTED: readonly Sensation[] = ['tingling', 'burning', 'shooting', 'numbness'];

/** Signs that a nerve passes on less than it should. */
export const NERVE_LOSS: readonly Sensation[] = ['numbness', 'weakness'];

export const RED_FLAGS = [
  'saddle_numbness',
  'bladder_bowel',
  'both_legs',
  'leg_weakness_worsening',
] as const;
export type RedFlag = (typeof RED_FLAGS)[number];
