import { describe, expect, it } from 'vitest';
import { exercises } from '../../../../../backend/glidepath/clinical/data/exercises.json';
import type { ExerciseKind } from '../../../data/api/types.ts';
import { arrowPath } from './arrows.ts';
import { pictureOf, TESTS } from './poses.ts';
import {
  between,
  BONES,
  direction,
  distance,
  jointsOf,
  type Point,
  type Pose,
} from './skeleton.ts';

const library = exercises as unknown as { key: string; kind: ExerciseKind }[];
const KINDS = ['static_stretch', 'nerve_glide', 'strength', 'control', 'mobility'] as const;
const pictures = [
  ...library.map((exercise) => [exercise.key, pictureOf(exercise)] as const),
  ...Object.entries(TESTS),
];
const poses = pictures.flatMap(([name, picture]) => [
  { name: `${name}, start`, picture, pose: picture.start },
  { name: `${name}, end`, picture, pose: picture.end },
]);

/** -180 to 180; above 0 the joint is bent the way it can bend. */
const turn = (from: number, to: number) => ((((to - from) % 360) + 540) % 360) - 180;
const bent = (root: Point, middle: Point, end: Point) =>
  turn(direction(root, middle), direction(middle, end));

describe('the pictures', () => {
  it('are there for every exercise of the library, each its own', () => {
    const neutral = pictureOf({ key: 'of the clinic', kind: 'strength' });
    expect(library.map(pictureOf).every(({ end }) => end !== neutral.end)).toBe(true);
    expect(new Set(library.map(pictureOf).map(({ end }) => end)).size).toBe(library.length);
  });

  it('show both ends of each movement and an arrow from the one to the other', () => {
    for (const [name, { start, end, arrows }] of pictures) {
      expect(jointsOf(start), name).not.toEqual(jointsOf(end));
      expect(arrows.length, name).toBeGreaterThan(0);
    }
  });

  it('show somebody who stands, with a sign of its own for each kind, for what a clinic adds', () => {
    const added = KINDS.map((kind) => pictureOf({ key: 'of the clinic', kind }));
    expect(new Set(added.map(({ end }) => end)).size).toBe(1);
    expect(new Set(added.map(({ arrows }) => JSON.stringify(arrows))).size).toBe(KINDS.length);
  });

  it.each(poses)('keep bones as long as they are: $name', ({ pose }) => {
    const { hip, waist, shoulder, head, arms, legs } = jointsOf(pose);
    expect(distance(hip, waist)).toBeCloseTo(BONES.pelvis);
    expect(distance(waist, shoulder)).toBeCloseTo(BONES.chest);
    expect(distance(shoulder, head)).toBeCloseTo(BONES.head);
    legs.forEach(({ root, middle, end }) => {
      expect(distance(root, middle)).toBeCloseTo(BONES.thigh);
      expect(distance(middle, end)).toBeCloseTo(BONES.shank);
    });
    arms.forEach(({ root, middle, end }, at) => {
      const limb = pose.arms[at];
      // An arm that points out of the page looks shorter, and never longer.
      const least = limb && 'to' in limb && limb.through ? 0 : 1;
      for (const share of [
        distance(root, middle) / BONES.upperArm,
        distance(middle, end) / BONES.forearm,
      ]) {
        expect(share).toBeLessThan(1.001);
        expect(share).toBeGreaterThan(least - 0.001);
      }
    });
  });

  it.each(poses)('bend knees as knees bend: $name', ({ pose }) => {
    for (const { root, middle, end } of jointsOf(pose).legs) {
      const knee = bent(root, middle, end) * pose.facing;
      expect(knee).toBeGreaterThan(-1);
      expect(knee).toBeLessThan(145);
    }
  });

  it.each(poses)(
    'stay above the floor and inside the frame: $name',
    ({ picture: { box, floor }, pose }) => {
      const [left, top, width, height] = box;
      const { hip, waist, shoulder, head, nose, arms, legs } = jointsOf(pose);
      const limbs = [...arms, ...legs].flatMap(({ middle, end }) => [middle, end]);
      const feet = legs.flatMap(({ heel, toe }) => [heel, toe]);
      for (const [x, y] of [hip, waist, shoulder, head, nose, ...limbs, ...feet]) {
        expect(x).toBeGreaterThan(left + 3);
        expect(x).toBeLessThan(left + width - 3);
        expect(y).toBeGreaterThan(top + 3);
        expect(y).toBeLessThan(floor === null ? top + height - 3 : floor - 2);
      }
    },
  );
});

describe('what the steps say', () => {
  const joints = (key: string) => {
    const { start, end } = pictureOf({ key, kind: 'control' });
    return { start: jointsOf(start), end: jointsOf(end), poses: { start, end } };
  };
  const knee = ({ legs: [{ root, middle, end }] }: ReturnType<typeof jointsOf>, { facing }: Pose) =>
    bent(root, middle, end) * facing;

  it('a hamstring stretch lifts one leg, nearly straight, with the other flat', () => {
    const { start, end, poses } = joints('hamstring_stretch');
    expect(end.legs[0].end[1]).toBeLessThan(start.legs[0].end[1]);
    expect(knee(end, poses.end)).toBeLessThan(15);
    expect(Math.abs(direction(end.legs[1].root, end.legs[1].end))).toBeLessThan(5);
    // Not further than most can go without force.
    expect(-direction(end.legs[0].root, end.legs[0].middle)).toBeLessThan(80);
  });

  it('a nerve glide straightens the knee, draws the toes up and looks slightly up', () => {
    const { start, end, poses } = joints('sciatic_glide');
    expect(knee(start, poses.start)).toBeGreaterThan(80);
    expect(knee(end, poses.end)).toBeLessThan(25);
    expect(poses.end.legs[0].toes).toBeGreaterThan(0);
    const up = poses.start.head - poses.end.head;
    expect(up).toBeGreaterThan(5);
    expect(up).toBeLessThan(25);
    expect(end.legs[1].end).toEqual(start.legs[1].end);
  });

  it('a hamstring curl lies on the front and brings the heel toward the bottom', () => {
    const { start, end } = joints('hamstring_curl');
    expect(end.nose[1]).toBeGreaterThan(end.head[1]);
    expect(distance(end.legs[0].heel, end.hip)).toBeLessThan(distance(start.legs[0].heel, end.hip));
  });

  it('a bridge makes one line of body and thighs over feet that stay', () => {
    const { start, end } = joints('glute_bridge');
    const line = direction(end.shoulder, end.hip);
    expect(direction(end.hip, end.legs[0].middle)).toBeCloseTo(line, -1);
    expect(end.legs[0].end).toEqual(start.legs[0].end);
    expect(distance(end.shoulder, start.shoulder)).toBeLessThan(4);
  });

  it('a deadlift pushes the hips back with a straight back and a slightly bent knee', () => {
    const { start, end, poses } = joints('romanian_deadlift');
    expect(end.hip[0]).toBeLessThan(start.hip[0]);
    expect(Math.abs(poses.end.pelvis - poses.end.chest)).toBeLessThan(5);
    expect(knee(end, poses.end)).toBeGreaterThan(5);
    expect(knee(end, poses.end)).toBeLessThan(45);
  });

  it('a pelvic tilt presses the lower back to the floor and moves nothing else', () => {
    const { start, end } = joints('pelvic_control');
    expect(end.waist[1]).toBeGreaterThan(start.waist[1] + 4);
    expect(distance(end.shoulder, start.shoulder)).toBeLessThan(4);
    expect(end.legs[0].end).toEqual(start.legs[0].end);
  });

  it('knee rolls take both knees to one side and then to the other, with the shoulders still', () => {
    const { start, end } = joints('lumbar_mobility');
    const middle = end.hip[0];
    expect(end.legs.every(({ middle: [x] }) => x > middle)).toBe(true);
    expect(start.legs.every(({ middle: [x] }) => x < middle)).toBe(true);
    expect(end.arms).toEqual(start.arms);
  });
});

it('the two tests move one joint alone', () => {
  const moved = (a: Pose, b: Pose) =>
    (Object.keys(a) as (keyof Pose)[]).filter(
      (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]),
    );
  const { ankle, neck } = TESTS;
  expect(moved(neck.start, neck.end)).toEqual(['head']);
  expect(moved(ankle.start, ankle.end)).toEqual(['legs']);
  const legs = [ankle.start, ankle.end].map((pose) => jointsOf(pose).legs[0]);
  expect(legs[0]?.end).toEqual(legs[1]?.end);
  expect(legs[0]?.toe).not.toEqual(legs[1]?.toe);
});

it('between two poses lies a pose', () => {
  const { start, end } = pictureOf({ key: 'sciatic_glide', kind: 'nerve_glide' });
  expect(between(start, end, 0)).toEqual({ ...end, ...start, legs: between(start, end, 0).legs });
  expect(between(start, end, 1)).toEqual({ ...end, legs: between(start, end, 1).legs });
  expect(between(start, end, 0.5).head).toBe((start.head + end.head) / 2);
});

it('an arrow has a head at its end, and one at its start if it goes both ways', () => {
  const line = { from: [0, 0], to: [0, 10] } as const;
  expect(arrowPath(line).match(/M/g)).toHaveLength(2);
  expect(arrowPath({ ...line, both: true }).match(/M/g)).toHaveLength(3);
});
