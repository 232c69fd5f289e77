/** Words, dates and counts in the reader's language. `t()` in a template follows a change of language. */
import type { Bilingual, Language } from '../data/api/types.ts';
import type account from '../../messages/en/account.json';
import type admin from '../../messages/en/admin.json';
import type caseload from '../../messages/en/caseload.json';
import type common from '../../messages/en/common.json';
import type consent from '../../messages/en/consent.json';
import type devices from '../../messages/en/devices.json';
import type emergency from '../../messages/en/emergency.json';
import type ended from '../../messages/en/ended.json';
import type entry from '../../messages/en/entry.json';
import type episode from '../../messages/en/episode.json';
import type erased from '../../messages/en/erased.json';
import type erasure from '../../messages/en/erasure.json';
import type exercise from '../../messages/en/exercise.json';
import type history from '../../messages/en/history.json';
import type imports from '../../messages/en/imports.json';
import type join from '../../messages/en/join.json';
import type learn from '../../messages/en/learn.json';
import type looks from '../../messages/en/looks.json';
import type measures from '../../messages/en/measures.json';
import type messages from '../../messages/en/messages.json';
import type monitoring from '../../messages/en/monitoring.json';
import type notices from '../../messages/en/notices.json';
import type operator from '../../messages/en/operator.json';
import type outcomes from '../../messages/en/outcomes.json';
import type own from '../../messages/en/own.json';
import type patient from '../../messages/en/patient.json';
import type pause from '../../messages/en/pause.json';
import type policy from '../../messages/en/policy.json';
import type push from '../../messages/en/push.json';
import type quality from '../../messages/en/quality.json';
import type reached from '../../messages/en/reached.json';
import type second from '../../messages/en/second.json';
import type seen from '../../messages/en/seen.json';
import type setup from '../../messages/en/setup.json';
import type therapist from '../../messages/en/therapist.json';
import type whole from '../../messages/en/whole.json';
import { translate, type KeyOf, type Texts, type Values } from './translate.ts';

interface Namespaces {
  account: typeof account;
  admin: typeof admin;
  caseload: typeof caseload;
  common: typeof common;
  consent: typeof consent;
  devices: typeof devices;
  emergency: typeof emergency;
  ended: typeof ended;
  entry: typeof entry;
  episode: typeof episode;
  erased: typeof erased;
  erasure: typeof erasure;
  exercise: typeof exercise;
  history: typeof history;
  imports: typeof imports;
  join: typeof join;
  learn: typeof learn;
  looks: typeof looks;
  measures: typeof measures;
  messages: typeof messages;
  monitoring: typeof monitoring;
  notices: typeof notices;
  operator: typeof operator;
  outcomes: typeof outcomes;
  own: typeof own;
  patient: typeof patient;
  pause: typeof pause;
  policy: typeof policy;
  push: typeof push;
  quality: typeof quality;
  reached: typeof reached;
  second: typeof second;
  seen: typeof seen;
  setup: typeof setup;
  therapist: typeof therapist;
  whole: typeof whole;
}
export type Namespace = keyof Namespaces;
/** Keys of `common` stand alone, all others follow their namespace: "patient:today.checkIn". */
export type MessageKey =
  | KeyOf<Namespaces['common']>
  | { [Name in Exclude<Namespace, 'common'>]: `${Name}:${KeyOf<Namespaces[Name]>}` }[Exclude<
      Namespace,
      'common'
    >];

export const LANGUAGES: Record<Language, string> = { en: 'English', es: 'Español' };

const files = import.meta.glob<Texts>(
  '../../messages/*/{account,admin,caseload,common,consent,devices,emergency,ended,entry,episode,erased,erasure,exercise,history,imports,join,learn,looks,measures,messages,monitoring,notices,operator,outcomes,own,patient,pause,policy,push,quality,reached,second,seen,setup,therapist,whole}.json',
  { import: 'default' },
);
const STORED = 'glidepath.language';
const texts: Record<Language, Partial<Record<Namespace, Texts>>> = { en: {}, es: {} };
const wanted = new Set<Namespace>();

// Texts appear before `language` changes to them, so this one state is all that a template must follow.
let language = $state<Language>('en');

export function currentLanguage(): Language {
  return language;
}

/** The language chosen before on this device, else the browser's, else English. */
export function preferredLanguage(): Language {
  for (const tag of [localStorage.getItem(STORED), ...navigator.languages]) {
    const base = tag?.slice(0, 2);
    if (base === 'en' || base === 'es') return base;
  }
  return 'en';
}

/** Loads the namespaces in the present language; call before anything that uses them is shown. */
export async function loadTexts(...namespaces: Namespace[]): Promise<void> {
  for (const namespace of namespaces) wanted.add(namespace);
  await fetchTexts(language);
}

export async function startTexts(...namespaces: Namespace[]): Promise<void> {
  for (const namespace of namespaces) wanted.add(namespace);
  await useLanguage(preferredLanguage());
}

async function fetchTexts(of: Language): Promise<void> {
  await Promise.all(
    [...wanted].map(async (namespace) => {
      texts[of][namespace] ??= await files[`../../messages/${of}/${namespace}.json`]?.();
    }),
  );
}

export async function useLanguage(next: Language): Promise<void> {
  await fetchTexts(next);
  localStorage.setItem(STORED, next);
  document.documentElement.lang = next;
  language = next;
}

export function t(key: MessageKey, values?: Values): string {
  const [namespace, rest] = key.includes(':') ? key.split(':') : ['common', key];
  return translate(texts[language][namespace as Namespace] ?? {}, language, rest ?? '', values);
}

/** The text of a bilingual object from the server or a data file. */
export function say(text: Bilingual): string {
  return text[language];
}

/** The language as its reader writes dates and numbers: English may be of Britain, Spanish of Mexico. */
export function region(): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}

export function count(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(region(), options).format(value);
}

/** Making one takes a slow phone longer than writing a screen of dates. A phone may change its zone. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify([region(), options, new Date().getTimezoneOffset()]);
  let format = dateFormats.get(name);
  if (!format) dateFormats.set(name, (format = new Intl.DateTimeFormat(region(), options)));
  return format;
}

const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };

/** A calendar day ("2026-03-01", no zone: the same day everywhere) or a moment, in words. */
export function date(value: string | Date, options: Intl.DateTimeFormatOptions = DAY): string {
  const isDay = typeof value === 'string' && value.length === 10;
  const at = new Date(isDay ? `${value}T00:00:00Z` : value);
  const zoned = isDay ? { ...options, timeZone: 'UTC' } : options;
  return dateFormat(zoned).format(at);
}

export function time(value: string | Date): string {
  return date(value, { hour: '2-digit', minute: '2-digit' });
}

/** "2 hours ago": the largest unit that fits, from seconds to days. */
export function ago(value: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(value).getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(region(), { numeric: 'auto' });
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'minute');
}
