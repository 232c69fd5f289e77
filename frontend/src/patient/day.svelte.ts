/** The patient's today. An app that stays open over midnight must not log the new day as the old one. */
import { today } from '../domain/days.ts';

let day = $state(today());

const look = () => {
  day = today();
};
setInterval(look, 30_000);
document.addEventListener('visibilitychange', look);

export const currentDay = () => day;
