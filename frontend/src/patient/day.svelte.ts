/** The patient's today. An app that stays open over midnight must not log the new day as the old one. */
import { today } from '../domain/days.ts';

let day = $state(today());

export function lookAtClock(): void {
  day = today();
}
setInterval(lookAtClock, 30_000);
document.addEventListener('visibilitychange', lookAtClock);

export const currentDay = () => day;
