/** The diary as files for the patient: all of it in JSON, a row for each day in CSV. */
import type { CheckIn, ExerciseSession, Letter, MeasureAnswer, Message } from './api/types.ts';
import { csv } from './csv.ts';
import type { DiaryEntry, Item } from './tables.ts';
import { current, loggedDays, summarise, type DiaryDay } from '../domain/diary.ts';
import { SENSATIONS } from '../domain/vocabulary.ts';

interface Owner {
  account_id: string;
  patient: string;
}

/**
 * Every entry as it was made, with every revision, in the shape in which the clinic's server takes them. With
 * the diary goes the whole `thread` with the clinic, else what was written of it.
 */
export function asJson(
  what: string,
  owner: Owner,
  items: readonly Item[],
  at: Date,
  thread?: readonly Message[],
) {
  const file = {
    format: `glidepath-${what}`,
    version: 1,
    saved_at: at.toISOString(),
    ...owner,
    ...byKind(items),
    ...(thread && { messages: thread }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function byKind(items: readonly Item[]) {
  const check_ins: CheckIn[] = [];
  const exercise_sessions: ExerciseSession[] = [];
  const messages: Letter[] = [];
  const measure_answers: MeasureAnswer[] = [];
  for (const item of items) {
    if (item.kind === 'check_in') check_ins.push(item.entry);
    else if (item.kind === 'exercise_session') exercise_sessions.push(item.entry);
    else if (item.kind === 'message') messages.push(item.entry);
    else measure_answers.push(item.entry);
  }
  return {
    check_ins,
    exercise_sessions,
    messages,
    ...(measure_answers.length && { measure_answers }),
  };
}

/** The first five are what `glidepath screen` reads; an empty cell is "not answered", never zero. */
const COLUMNS = [
  'patient',
  'date',
  'pain',
  'nerve',
  'place',
  'pain_worst',
  'sensations',
  'exercises',
  'notes',
  'exercise_sensations',
] as const;

/** A row for each day with an entry, as the entries count now. */
export function asCsv(patient: string, entries: readonly DiaryEntry[]): string {
  const { check_ins, exercise_sessions } = byKind(entries);
  const checkIns = current(check_ins);
  const sessions = current(exercise_sessions);
  const days = [...loggedDays(checkIns, sessions)].sort();
  const rows = summarise(checkIns, days).map((day) => {
    const ofDay = <E extends { local_date: string }>(all: readonly E[]) =>
      all.filter(({ local_date }) => local_date === day.date);
    return [patient, ...cells(day, ofDay(checkIns), ofDay(sessions))];
  });
  return csv([COLUMNS, ...rows]);
}

function cells(day: DiaryDay, checkIns: readonly CheckIn[], sessions: readonly ExerciseSession[]) {
  const worst = checkIns.flatMap(({ pain_worst }) => pain_worst ?? []);
  const checked = new Set(checkIns.flatMap(({ sensations }) => sensations ?? []));
  const exercised = new Set(sessions.flatMap(({ sensations }) => sensations ?? []));
  return [
    day.date,
    day.pain,
    day.nerve,
    day.place,
    worst.length ? Math.max(...worst) : null,
    SENSATIONS.filter((one) => checked.has(one) || exercised.has(one)).join(' '),
    sessions.length,
    checkIns.flatMap(({ note }) => note ?? []).join('\n'),
    SENSATIONS.filter((one) => exercised.has(one) && !checked.has(one)).join(' '),
  ];
}
