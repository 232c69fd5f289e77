/** Opening hours in words, while they are being typed; `escalation/words.py` says the same, by the same cases. */
import type { Language, PolicyBody } from '../../data/api/types.ts';
import { addDays } from '../../domain/days.ts';

type Week = PolicyBody['week'];
type Span = Week[number][number];

const CLOSED_SHOWN_DAYS = 60;
const DAYS: Record<Language, readonly string[]> = {
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  es: ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo'],
};

export function hoursInWords(
  week: Week,
  closedOn: readonly string[],
  today: string,
  language: Language,
): string {
  const daysOf = new Map<string, number[]>();
  week.forEach((spans, day) => {
    if (!spans.length) return;
    const key = JSON.stringify(spans.map(({ opens, closes }) => [opens, closes]));
    daysOf.set(key, [...(daysOf.get(key) ?? []), day]);
  });
  const said = [...daysOf.values()]
    .map((days) => {
      const names = listed(
        runs(days).map((run) => runWords(run, language)),
        language,
      );
      return `${names}, ${spanWords(week[days[0] ?? 0] ?? [], language)}`;
    })
    .join('; ');
  const closed = [...new Set(closedOn)]
    .sort()
    .filter((day) => day >= today && day <= addDays(today, CLOSED_SHOWN_DAYS));
  if (!closed.length) return said;
  const days = listed(
    closed.map((day) => dayWords(day, language)),
    language,
  );
  return `${said} (${language === 'en' ? 'closed on' : 'cerrado'} ${days})`;
}

/** Three days in a row or more are a run; others stand alone. */
function runs(days: readonly number[]): number[][] {
  const rows: number[][] = [];
  for (const day of days) {
    const row = rows.at(-1);
    if (row?.at(-1) === day - 1) row.push(day);
    else rows.push([day]);
  }
  return rows.flatMap((row) => (row.length > 2 ? [row] : row.map((day) => [day])));
}

function runWords(run: readonly number[], language: Language): string {
  const first = DAYS[language][run[0] ?? 0] ?? '';
  if (run.length === 1)
    return language === 'en' ? first : `los ${first}${first.endsWith('s') ? '' : 's'}`;
  const last = DAYS[language][run.at(-1) ?? 0];
  return language === 'en' ? `${first} to ${last}` : `de ${first} a ${last}`;
}

function spanWords(spans: readonly Span[], language: Language): string {
  const [only] = spans;
  if (spans.length === 1 && only?.opens === '00:00' && only.closes === '24:00')
    return language === 'en' ? 'all day' : 'todo el día';
  const words = spans.map(({ opens, closes }) =>
    language === 'en' ? `${wall(opens)} to ${wall(closes)}` : `de ${wall(opens)} a ${wall(closes)}`,
  );
  return listed(words, language);
}

const wall = (time: string): string => time.replace(/^0(?=\d)/, '');

function dayWords(day: string, language: Language): string {
  const at = new Date(`${day}T00:00:00Z`);
  const month = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(at);
  return language === 'en' ? `${at.getUTCDate()} ${month}` : `el ${at.getUTCDate()} de ${month}`;
}

function listed(words: readonly string[], language: Language): string {
  const and = language === 'en' ? ' and ' : ' y ';
  return words.length > 1
    ? `${words.slice(0, -1).join(', ')}${and}${words.at(-1)}`
    : (words[0] ?? '');
}
