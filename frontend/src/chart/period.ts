/** Days of a chart that are shown, as indices of the whole; both ends belong to it. */
export interface Period {
  from: number;
  to: number;
}

/** A week is the least that shows a course. */
export const LEAST_DAYS = 7;

/** The period whose first day is moved, the last one giving way where it must. */
export function withFirst(period: Period, first: number, days: number): Period {
  const from = Math.max(0, Math.min(first, days - LEAST_DAYS));
  return { from, to: Math.max(period.to, from + LEAST_DAYS - 1) };
}

/** The period whose last day is moved, the first one giving way where it must. */
export function withLast(period: Period, last: number, days: number): Period {
  const to = Math.min(days - 1, Math.max(last, LEAST_DAYS - 1));
  return { from: Math.min(period.from, to - LEAST_DAYS + 1), to };
}

/** From where a pointer went down to where it is, in either direction. */
export function dragged(began: number, at: number, days: number): Period {
  const [from, to] = began < at ? [began, at] : [at, began];
  return withLast(withFirst({ from, to }, from, days), to, days);
}
