/** The pictures of the exercises, each as the poses of one figure; what they show is what the steps say. */
import type { ExerciseKind } from '../../../data/api/types.ts';
import type { Point, Pose, Works } from './skeleton.ts';

/** An arrow along part of a circle (directions as in a pose) or along a line. */
export type Arrow = { both?: boolean } & (
  { about: Point; radius: number; from: number; to: number } | { from: Point; to: Point }
);

export interface Picture {
  /** The piece of the page that is shown: left, top, width, height. */
  box: readonly [number, number, number, number];
  /** The floor, or a mat on it. Seen from above there is no floor line. */
  floor: number | null;
  mat?: readonly [from: number, to: number];
  chair?: Point;
  strap?: boolean;
  /** Where the exercise works, marked on the near leg. */
  works?: Works;
  start: Pose;
  /** The far end of the movement, or what is held. */
  end: Pose;
  arrows: readonly Arrow[];
}

const lying = { view: 'side', facing: 1, pelvis: 180, chest: 180, head: 181 } as const;

const stretch: Pose = {
  ...lying,
  hip: [122, 147],
  arms: [{ to: [104, 108] }, { to: [106, 106] }],
  legs: [{ limb: [-70, -63] }, { limb: [2.4, 2.4] }],
};

const glide: Pose = {
  view: 'side',
  facing: 1,
  hip: [88, 102],
  pelvis: -93,
  chest: -88,
  head: -106,
  arms: [{ to: [114, 91] }, { to: [118, 91] }],
  legs: [{ limb: [-3, 12], toes: 18 }, { limb: { to: [122, 152] } }],
};

const curl: Pose = {
  ...lying,
  facing: -1,
  head: 192,
  hip: [128, 147],
  arms: [
    { through: [52, 156], to: [38, 155] },
    { through: [50, 156], to: [34, 155] },
  ],
  legs: [
    { limb: [2.5, -72], toes: -8 },
    { limb: [2.9, 2.9], toes: -60 },
  ],
};

const bridge: Pose = {
  ...lying,
  hip: [133, 125],
  pelvis: 156.5,
  chest: 156.5,
  head: 182,
  arms: [
    [4, 2],
    [4, 2],
  ],
  legs: [{ limb: { to: [178, 152] } }, { limb: { to: [171, 152] } }],
};

const deadlift: Pose = {
  view: 'side',
  facing: 1,
  hip: [137, 114],
  pelvis: -40,
  chest: -38,
  head: -42,
  arms: [{ to: [178, 143] }, { to: [182, 143] }],
  legs: [{ limb: { to: [165, 204] } }, { limb: { to: [160, 204] } }],
};

const tilt: Pose = {
  ...lying,
  hip: [118, 110],
  arms: [
    { through: [76, 117], to: [77, 101] },
    { through: [76, 117], to: [79, 101] },
  ],
  legs: [{ limb: { to: [160, 115] } }, { limb: { to: [154, 115] } }],
};

const rolls: Pose = {
  view: 'front',
  facing: 1,
  hip: [145, 108],
  pelvis: -90,
  chest: -90,
  head: -90,
  arms: [
    [176, 180],
    [4, 0],
  ],
  legs: [{ limb: [36, 126] }, { limb: [46, 126] }],
};

const standing: Pose = {
  view: 'front',
  facing: 1,
  hip: [120, 106],
  pelvis: -90,
  chest: -90,
  head: -90,
  arms: [
    [110, 98],
    [70, 82],
  ],
  legs: [{ limb: [94, 92] }, { limb: [86, 88] }],
};

const PICTURES: Record<string, Picture> = {
  hamstring_stretch: {
    box: [0, 24, 260, 150],
    floor: 160,
    mat: [18, 242],
    strap: true,
    works: 'hamstring',
    start: { ...stretch, legs: [{ limb: [-36, -30] }, stretch.legs[1]] },
    end: stretch,
    arrows: [{ about: [122, 147], radius: 114, from: -34, to: -52 }],
  },
  sciatic_glide: {
    box: [0, -4, 260, 178],
    floor: 160,
    chair: [88, 115],
    works: 'nerve',
    start: { ...glide, head: -90, legs: [{ limb: [0, 90] }, glide.legs[1]] },
    end: glide,
    arrows: [
      { about: [138, 100], radius: 66, from: 64, to: 24, both: true },
      { about: [80, 34], radius: 44, from: -14, to: -46 },
    ],
  },
  hamstring_curl: {
    box: [0, 66, 260, 114],
    floor: 160,
    mat: [14, 246],
    works: 'hamstring',
    start: { ...curl, legs: [{ limb: [2.9, 2.9], toes: -60 }, curl.legs[1]] },
    end: curl,
    arrows: [{ about: [178, 149], radius: 62, from: -12, to: -56 }],
  },
  glute_bridge: {
    box: [0, 60, 240, 116],
    floor: 160,
    mat: [24, 216],
    works: 'buttock',
    start: { ...bridge, hip: [138, 147], pelvis: 180, chest: 180 },
    end: bridge,
    arrows: [{ from: [126, 100], to: [126, 74] }],
  },
  romanian_deadlift: {
    box: [24, -4, 272, 228],
    floor: 212,
    works: 'hamstring',
    start: {
      ...deadlift,
      hip: [163, 106],
      pelvis: -90,
      chest: -90,
      head: -90,
      arms: [{ to: [178, 108] }, { to: [180, 108] }],
    },
    end: deadlift,
    arrows: [
      { about: [150, 112], radius: 108, from: -70, to: -46 },
      { from: [112, 114], to: [86, 114] },
    ],
  },
  pelvic_control: {
    box: [4, 34, 196, 102],
    floor: 123,
    mat: [16, 188],
    works: 'back',
    start: { ...tilt, pelvis: 200, chest: 167 },
    end: tilt,
    arrows: [
      { about: [118, 110], radius: 36, from: -66, to: -112 },
      { from: [94, 62], to: [94, 84] },
    ],
  },
  lumbar_mobility: {
    box: [10, -4, 270, 224],
    floor: null,
    mat: [84, 206],
    start: {
      ...rolls,
      facing: -1,
      legs: [{ limb: [134, 54] }, { limb: [144, 54] }],
    },
    end: rolls,
    arrows: [{ about: [145, 108], radius: 100, from: 62, to: 118, both: true }],
  },
};

const sitting: Pose = {
  ...glide,
  head: -90,
  legs: [{ limb: [8, 54], toes: 12 }, { limb: { to: [122, 152] } }],
};
const seat = { floor: 160, chair: [88, 115] } as const;

/** The two short tests: only the foot moves, or only the head. */
export const TESTS: Record<'ankle' | 'neck', Picture> = {
  ankle: {
    ...seat,
    box: [0, -4, 260, 178],
    start: { ...sitting, legs: [{ limb: [8, 54], toes: -38 }, sitting.legs[1]] },
    end: sitting,
    arrows: [{ about: [166, 148], radius: 34, from: 2, to: -58, both: true }],
  },
  neck: {
    ...seat,
    box: [0, -16, 260, 190],
    start: { ...sitting, head: -106 },
    end: { ...sitting, head: -52 },
    arrows: [{ about: [88, 43], radius: 52, from: -96, to: -38, both: true }],
  },
};

/** Somebody who stands: an exercise of the clinic's own is not shown doing what we do not know. */
const NEUTRAL: Record<ExerciseKind, Arrow[]> = {
  static_stretch: [{ from: [184, 30], to: [184, 160], both: true }],
  nerve_glide: [{ about: [110, 120], radius: 80, from: -28, to: 28, both: true }],
  strength: [
    { from: [184, 140], to: [184, 80] },
    { from: [56, 140], to: [56, 80] },
  ],
  control: [{ from: [80, 226], to: [160, 226], both: true }],
  mobility: [{ about: [120, 110], radius: 84, from: -60, to: 60 }],
};

export function pictureOf({ key, kind }: { key: string; kind: ExerciseKind }): Picture {
  return (
    PICTURES[key] ?? {
      box: [-20, -4, 280, 236],
      floor: 213,
      start: standing,
      end: standing,
      arrows: NEUTRAL[kind],
    }
  );
}
