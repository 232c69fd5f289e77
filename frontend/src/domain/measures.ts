/** Which outcome measures are asked on a day, worked out on the phone so that it needs no network. */
import type { Due, MeasureAnswer, OwnMeasure } from '../data/api/types.ts';

export interface Asked {
  measure: OwnMeasure;
  due: Due;
  /** What the patient named before; null where they are to name it now, or nothing is named. */
  names: string[] | null;
}

/** In the order in which they are asked. `answers` are those that this phone has, sent or not. */
export function askedOn(
  day: string,
  measures: readonly OwnMeasure[],
  answers: readonly MeasureAnswer[],
  episode: string,
): Asked[] {
  return measures.flatMap((measure) => {
    const given = answers.filter(
      (one) => one.measure === measure.form.key && one.episode_id === episode,
    );
    // What was passed over is asked no more: the answer would be another one.
    const due = measure.dues.filter(({ on }) => on <= day).at(-1);
    if (!due || (due.until !== null && day > due.until)) return [];
    const isAnswer = (one: { occasion: string; week: number }) =>
      one.occasion === due.occasion && one.week === due.week;
    if ([...measure.answered, ...given].some(isAnswer)) return [];
    const first = given.toSorted((a, b) => a.made_at.localeCompare(b.made_at))[0];
    return [{ measure, due, names: measure.names ?? first?.names ?? null }];
  });
}

const PER_PAGE = 5;
const SECONDS_EACH = 8;

/** The questions in pages of about as many; statements to be ticked, on one. */
export function pagesOf<T>(questions: readonly T[], ticks: boolean): T[][] {
  const pages = ticks ? 1 : Math.max(1, Math.ceil(questions.length / PER_PAGE));
  const size = Math.ceil(questions.length / pages);
  return Array.from({ length: pages }, (_, page) =>
    questions.slice(page * size, (page + 1) * size),
  );
}

/** About how many minutes they take. */
export function minutesFor(asked: readonly Asked[]): number {
  const questions = asked.reduce(
    (sum, { measure: { form } }) => sum + (form.named?.most ?? form.items.length),
    0,
  );
  return Math.max(1, Math.round((questions * SECONDS_EACH) / 60));
}
