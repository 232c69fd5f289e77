const DAY_MS = 24 * 60 * 60_000;
/** Safari clears what a page keeps after seven days without a visit; before that somebody must act. */
const LONG_DAYS = 5;

/** How worrying it is that the oldest unsent entry still waits. */
export function delayOf(oldest: string | null, now = Date.now()): 'day' | 'days' | null {
  const age = oldest ? now - Date.parse(oldest) : 0;
  if (age < DAY_MS) return null;
  return age < LONG_DAYS * DAY_MS ? 'day' : 'days';
}
