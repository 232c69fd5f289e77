/**
 * A jointed figure on the page. Bones keep their lengths in every pose, so a pose is a handful of
 * directions, in degrees: 0 points to the right, 90 down. A hand or a foot that stands on something is
 * given by its place instead, and the elbow or the knee between follows.
 */
export type Point = readonly [x: number, y: number];

/**
 * The two bones of an arm or a leg: their directions, or where the wrist or the ankle is. With `through`
 * the elbow is given too: an arm that points out of the page looks shorter than it is.
 */
export type Limb = readonly [upper: number, lower: number] | { to: Point; through?: Point };
/** `toes`: how far they are drawn to the shin, in degrees. A foot that stands somewhere stands flat. */
export type Leg = { limb: Limb; toes?: number };

export interface Pose {
  /** From the side, or from the front (and, of somebody who lies, from above). */
  view: 'side' | 'front';
  /** 1: upright the figure would look to the right, lying with the head at the left it looks up. */
  facing: 1 | -1;
  hip: Point;
  /** From the hip to the waist, from there to the shoulder, and on through the head. */
  pelvis: number;
  chest: number;
  head: number;
  /** Near and far; from the front, left and right on the page. */
  arms: readonly [Limb, Limb];
  legs: readonly [Leg, Leg];
}

export const BONES = {
  pelvis: 23,
  chest: 35,
  head: 28,
  upperArm: 33,
  forearm: 33,
  thigh: 50,
  shank: 49,
} as const;

/** How high the ankle is above the sole. */
export const ANKLE = 8;
/** How far the joints lie from the middle of the trunk when it is seen from the front. */
const SHOULDER_WIDTH = 16;
const HIP_WIDTH = 9;

export interface Joints {
  hip: Point;
  waist: Point;
  shoulder: Point;
  head: Point;
  nose: Point;
  chin: Point;
  arms: readonly [Chain, Chain];
  legs: readonly [Chain & Foot, Chain & Foot];
}
/** Shoulder, elbow, wrist; or hip, knee, ankle. */
type Chain = { root: Point; middle: Point; end: Point; /** Of the hand. */ tip: Point };
type Foot = { heel: Point; toe: Point };

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The point at `length` from `from` in that direction. */
export const step = ([x, y]: Point, direction: number, length: number): Point => [
  x + length * Math.cos(radians(direction)),
  y + length * Math.sin(radians(direction)),
];

export const distance = (a: Point, b: Point) => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** The direction from one point to another, -180 to 180. */
export const direction = (a: Point, b: Point) =>
  (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI;

export function jointsOf(pose: Pose): Joints {
  const { hip, facing } = pose;
  const waist = step(hip, pose.pelvis, BONES.pelvis);
  const shoulder = step(waist, pose.chest, BONES.chest);
  const head = step(shoulder, pose.head, BONES.head);
  const apart = (from: Point, along: number, width: number, side: number): Point =>
    pose.view === 'front' ? step(from, along - 90, side * width) : from;
  const arm = (limb: Limb, side: number) =>
    chain(
      apart(shoulder, pose.chest, SHOULDER_WIDTH, side),
      limb,
      [BONES.upperArm, BONES.forearm],
      facing,
    );
  const leg = ({ limb, toes = 0 }: Leg, side: number) => {
    const bones = chain(
      apart(hip, pose.pelvis, HIP_WIDTH, side),
      limb,
      [BONES.thigh, BONES.shank],
      -facing,
    );
    const sole =
      'to' in limb ? 90 - 90 * facing : direction(bones.middle, bones.end) - facing * (90 + toes);
    return { ...bones, ...foot(bones.end, sole, facing) };
  };
  return {
    hip,
    waist,
    shoulder,
    head,
    nose: step(head, pose.head + 90 * facing, 15),
    chin: step(head, pose.head + (pose.view === 'side' ? 135 * facing : 180), 6),
    arms: [arm(pose.arms[0], 1), arm(pose.arms[1], -1)],
    legs: [leg(pose.legs[0], 1), leg(pose.legs[1], -1)],
  };
}

/** `bend` says on which side of the straight line the middle joint lies. */
function chain(root: Point, limb: Limb, [upper, lower]: Point, bend: number): Chain {
  const middle = middleOf(root, limb, upper, lower, bend);
  const end = 'to' in limb ? limb.to : step(middle, limb[1], lower);
  return { root, middle, end, tip: step(end, direction(middle, end), 6) };
}

function middleOf(root: Point, limb: Limb, upper: number, lower: number, bend: number): Point {
  if (!('to' in limb)) return step(root, limb[0], upper);
  if (limb.through) return limb.through;
  const reach = distance(root, limb.to);
  const cosine = (upper ** 2 + reach ** 2 - lower ** 2) / (2 * upper * reach);
  const opening = (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
  return step(root, direction(root, limb.to) + bend * opening, upper);
}

function foot(ankle: Point, forward: number, facing: number): Foot {
  const down = forward + facing * 90;
  return {
    heel: step(step(ankle, down, 3), forward, -4),
    toe: step(step(ankle, down, 4.4), forward, 17),
  };
}

/** A pose between two that differ in their directions alone. */
export function between(a: Pose, b: Pose, share: number): Pose {
  const mix = (from: number, to: number) => from + (to - from) * share;
  const limb = (from: Limb, to: Limb): Limb =>
    'to' in from || 'to' in to ? to : [mix(from[0], to[0]), mix(from[1], to[1])];
  const leg = (from: Leg, to: Leg): Leg => ({
    limb: limb(from.limb, to.limb),
    toes: mix(from.toes ?? 0, to.toes ?? 0),
  });
  return {
    ...b,
    pelvis: mix(a.pelvis, b.pelvis),
    chest: mix(a.chest, b.chest),
    head: mix(a.head, b.head),
    arms: [limb(a.arms[0], b.arms[0]), limb(a.arms[1], b.arms[1])],
    legs: [leg(a.legs[0], b.legs[0]), leg(a.legs[1], b.legs[1])],
  };
}

const at = ([x, y]: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The outline of a limb that is round at both ends and narrows from the one to the other. */
export function taper(a: Point, ra: number, b: Point, rb: number): string {
  const along = direction(a, b);
  const tilt = (Math.acos((ra - rb) / distance(a, b)) * 180) / Math.PI;
  const [a1, b1] = [step(a, along + tilt, ra), step(b, along + tilt, rb)];
  const [b2, a2] = [step(b, along - tilt, rb), step(a, along - tilt, ra)];
  const round = (r: number, large: boolean) => `A${r} ${r} 0 ${Number(large)} 0 `;
  const outline = `M${at(a1)}L${at(b1)}${round(rb, tilt > 90)}${at(b2)}`;
  return `${outline}L${at(a2)}${round(ra, tilt <= 90)}${at(a1)}Z`;
}

/** The box round a figure, with some air: left, top, width, height. */
export function extent(joints: Joints): readonly [number, number, number, number] {
  const { hip, waist, shoulder, head, arms, legs } = joints;
  const limbs = [...arms, ...legs].flatMap(({ middle, end }) => [middle, end]);
  const points = [hip, waist, shoulder, head, ...limbs, ...legs.map(({ toe }) => toe)];
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs) - AIR, Math.min(...ys) - AIR];
  return [left, top, Math.max(...xs) + AIR - left, Math.max(...ys) + AIR - top];
}
const AIR = 22;

export type Works = 'hamstring' | 'nerve' | 'buttock' | 'back';

/** The line of what an exercise works on, at the back of the body. */
export function alongBack(
  { shoulder, waist, hip, legs }: Joints,
  facing: number,
  what: Works,
): string {
  const { middle: knee, end: ankle } = legs[0];
  const [thigh, shank] = [direction(hip, knee), direction(knee, ankle)];
  // Behind a bone that points down the body lies what is a right angle further round.
  const behind = (from: Point, along: number, share: number, away: number): Point =>
    step(step(from, along, share), along + 90 * facing, away);
  const back = {
    hamstring: [behind(hip, thigh, 12, 6.5), behind(hip, thigh, 40, 5)],
    nerve: [
      behind(waist, direction(waist, hip), 0, 5),
      behind(hip, thigh, 2, 6),
      behind(hip, thigh, BONES.thigh - 4, 4),
      behind(knee, shank, 8, 3),
      behind(knee, shank, BONES.shank, 1),
    ],
    back: [
      behind(hip, direction(waist, hip), -4, 9),
      behind(waist, direction(waist, hip), 0, 7),
      behind(waist, direction(shoulder, waist), -14, 8),
    ],
    buttock: [behind(hip, thigh, -6, 7), behind(hip, thigh, 10, 6)],
  };
  return `M${back[what].join('L')}`;
}
