import type { Language } from '../data/api/types.ts';
import { PLACES, type Place } from '../domain/vocabulary.ts';
import { isMissing, overview, worstBeyond, type ChartDay, type Tests } from './days.ts';
import { translate, type Texts, type Values } from '../i18n/translate.ts';

const texts = import.meta.glob<Texts>('../../messages/*/chart.json', {
  import: 'default',
  eager: true,
});

/** Every word a chart shows, in one language. */
export interface ChartLabels {
  pain: string;
  nerve: string;
  place: string;
  sessions: string;
  tests: string;
  legLetter: Record<keyof Tests, string>;
  missing: string;
  paused: string;
  onset: (date: string) => string;
  pickDay: string;
  counted: string;
  overview: string;
  from: string;
  to: string;
  alert: (alert: string) => string;
  showTable: string;
  hideTable: string;
  columns: Record<
    'date' | 'pain' | 'worst' | 'nerve' | 'place' | 'sessions' | 'tests' | 'notes',
    string
  >;
  places: Record<Place, string>;
  redFlag: string;
  plan: (number: number) => string;
  shortDate: (date: string) => string;
  longDate: (date: string) => string;
  /** what was found, in words */
  findings: (tests: Tests) => string;
  /** one day in words */
  day: (day: ChartDay) => string;
  /** the whole chart in words */
  summary: (days: readonly ChartDay[]) => string;
}

/** Formats calendar dates; "UTC" because a calendar date has no zone to convert from. */
const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return (date: string): string => format.format(new Date(`${date}T00:00:00Z`));
};

/**
 * The words come with the chart's own chunk, so that nobody has to load them first. Dates and numbers are
 * written as in the reader's region.
 */
export function chartLabels(locale: Language, region: string = locale): ChartLabels {
  const own = texts[`../../messages/${locale}/chart.json`] ?? {};
  const t = (key: string, values?: Values) => translate(own, locale, key, values);
  const shortDate = dateFormat(region, { day: 'numeric', month: 'short' });
  const longDate = dateFormat(region, { weekday: 'short', day: 'numeric', month: 'long' });
  const number = new Intl.NumberFormat(region, { maximumFractionDigits: 1 });
  const places = Object.fromEntries(PLACES.map((place) => [place, t(`place.${place}`)])) as Record<
    Place,
    string
  >;

  const painWords = (day: ChartDay): string[] => {
    if (day.pain === null) return [];
    const pain = t('day.pain', { value: number.format(day.pain) });
    const worst = worstBeyond(day);
    return [worst === null ? pain : `${pain} ${t('day.worst', { value: number.format(worst) })}`];
  };
  const nerveWords = (where: 'day' | 'summary', count: number): string =>
    count === 0 ? t(`${where}.noNerve`) : t(`${where}.nerve`, { count });
  const findings = (tests: Tests): string =>
    (['left', 'right'] as const)
      .flatMap((leg) => {
        const side = t(`tests.${leg}`);
        const { slr, slump } = tests[leg];
        return [
          ...(slr ? [t(slr.symptom ? 'tests.slr' : 'tests.free', { side, angle: slr.angle })] : []),
          ...(slump
            ? [
                t('tests.slump', {
                  side,
                  result: t(`tests.${slump.positive ? 'positive' : 'negative'}`),
                }),
              ]
            : []),
        ];
      })
      .join(', ');
  const day = (d: ChartDay): string => {
    const words = [
      ...(isMissing(d) ? [t(d.paused ? 'paused' : 'missing')] : painWords(d)),
      ...(d.nerve === null ? [] : [nerveWords('day', d.nerve)]),
      ...(d.place === null ? [] : [places[d.place]]),
      ...(d.sessions ? [t('day.sessions', { count: d.sessions })] : []),
      ...(d.stopped_early ? [t('day.stopped', { count: d.stopped_early })] : []),
      ...(d.red_flags?.length ? [t('redFlag')] : []),
      ...(d.alerts ?? []).map((alert) => t('day.alert', { alert })),
      ...(d.tests ? [findings(d.tests)] : []),
      ...(d.notes ?? []).map((note) => t('day.note', { note })),
    ];
    return `${longDate(d.date)}: ${words.join(' · ')}`;
  };
  const summary = (days: readonly ChartDay[]): string => {
    const o = overview(days);
    const parts = [t('summary.days', { logged: o.logged, count: o.days })];
    if (o.latest) {
      parts.push(
        t('summary.pain', {
          lowest: number.format(o.lowest ?? 0),
          highest: number.format(o.highest ?? 0),
          latest: number.format(o.latest.pain),
          date: longDate(o.latest.date),
        }),
      );
    }
    parts.push(nerveWords('summary', o.nerveDays));
    return parts.join(' ');
  };
  return {
    pain: t('pain'),
    nerve: t('nerve'),
    place: t('place.title'),
    sessions: t('sessions'),
    tests: t('tests.title'),
    legLetter: { left: t('tests.leftLetter'), right: t('tests.rightLetter') },
    missing: t('missing'),
    paused: t('paused'),
    onset: (date) => t('onset', { date: shortDate(date) }),
    pickDay: t('pickDay'),
    counted: t('counted'),
    overview: t('overview'),
    from: t('from'),
    to: t('to'),
    alert: (alert) => t('day.alert', { alert }),
    showTable: t('showTable'),
    hideTable: t('hideTable'),
    columns: {
      date: t('columns.date'),
      pain: t('columns.pain'),
      worst: t('columns.worst'),
      nerve: t('columns.nerve'),
      place: t('columns.place'),
      sessions: t('columns.sessions'),
      tests: t('columns.tests'),
      notes: t('columns.notes'),
    },
    places,
    redFlag: t('redFlag'),
    plan: (n) => t('plan', { number: n }),
    shortDate,
    longDate,
    findings,
    day,
    summary,
  };
}
