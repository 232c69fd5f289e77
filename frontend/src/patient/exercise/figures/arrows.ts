import type { Arrow } from './poses.ts';
import { direction, step, type Point } from './skeleton.ts';

const HEAD = 9;

/** An arrow with its head, or its two heads, as one path to be stroked. */
export function arrowPath(arrow: Arrow): string {
  const curved = 'about' in arrow;
  const start = curved ? step(arrow.about, arrow.from, arrow.radius) : arrow.from;
  const end = curved ? step(arrow.about, arrow.to, arrow.radius) : arrow.to;
  const clockwise = curved && arrow.to > arrow.from;
  const line = curved
    ? `A${arrow.radius} ${arrow.radius} 0 ${Number(Math.abs(arrow.to - arrow.from) > 180)} ${Number(clockwise)} ${end}`
    : `L${end}`;
  // A head stands along the line; on a circle that is a right angle from the radius.
  const quarter = clockwise ? 90 : -90;
  const onward = curved ? arrow.to + quarter : direction(start, end);
  const backward = curved ? arrow.from - quarter : direction(end, start);
  return `M${start}${line}${head(end, onward)}${arrow.both ? head(start, backward) : ''}`;
}

const head = (tip: Point, heading: number) =>
  `M${step(tip, heading + 145, HEAD)}L${tip}L${step(tip, heading - 145, HEAD)}`;
