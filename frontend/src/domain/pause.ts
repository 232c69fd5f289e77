/** Pauses that were agreed on: nobody expects an entry, and nothing reminds of one. Days are the patient's. */
export interface PauseDays {
  first_on: string;
  last_on: string;
}

/** The pause that holds on a day. What an earlier version kept knows of none. */
export function pausedOn<P extends PauseDays>(
  pauses: readonly P[] | undefined,
  day: string,
): P | null {
  return pauses?.find((one) => one.first_on <= day && day <= one.last_on) ?? null;
}

/** Those that hold or are still to come, in their order. */
export function ahead<P extends PauseDays>(pauses: readonly P[] | undefined, day: string): P[] {
  return pauses?.filter(({ last_on }) => last_on >= day) ?? [];
}
