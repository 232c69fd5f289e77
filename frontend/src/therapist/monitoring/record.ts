/** What is written down of an episode: drafts, and what they become. */
import type { MonitoringRecord, MonitoringRecordBody } from '../../data/api/types.ts';

export type Kind = MonitoringRecord['kind'];

/** In the order in which a clinic meets them. */
export const KINDS = [
  'plan_of_care',
  'consent',
  'education',
  'biller',
  'contact',
  'device',
  'physiologic',
] as const satisfies readonly Kind[];

const NOTHING = {
  revises: null,
  withdrawn: false,
  first_on: null,
  last_on: null,
  person: null,
  given_by: null,
  channel: null,
  happened_at: null,
  understood: null,
  text: null,
} satisfies Omit<MonitoringRecordBody, 'kind'>;

export interface Draft {
  day: string;
  last: string;
  time: string;
  person: string;
  givenBy: 'patient' | 'caregiver';
  channel: 'phone' | 'video' | 'in_person';
  understood: boolean;
  text: string;
}

export type Missing = 'day' | 'time' | 'person' | 'text' | 'last';

export function missing(kind: Kind, draft: Draft): Missing[] {
  const found: Missing[] = [];
  if (!draft.day) found.push('day');
  if (kind === 'contact' && !draft.time) found.push('time');
  if ((kind === 'contact' || kind === 'biller') && !draft.person) found.push('person');
  if ((kind === 'education' || kind === 'device') && !draft.text.trim()) found.push('text');
  if (draft.last && draft.day && draft.last < draft.day) found.push('last');
  return found;
}

export function bodyOf(kind: Kind, draft: Draft): MonitoringRecordBody {
  const text = draft.text.trim() || null;
  const body = { ...NOTHING, kind, text, first_on: draft.day };
  switch (kind) {
    case 'plan_of_care':
      return { ...body, last_on: draft.last || null };
    case 'consent':
      return { ...body, given_by: draft.givenBy };
    case 'education':
      return { ...body, understood: draft.understood };
    case 'biller':
      return { ...body, person: draft.person };
    case 'physiologic':
      return { ...body, first_on: `${draft.day.slice(0, 7)}-01` };
    case 'contact':
      return {
        ...body,
        first_on: null,
        person: draft.person,
        channel: draft.channel,
        happened_at: new Date(`${draft.day}T${draft.time}`).toISOString(),
      };
    case 'device':
      return body;
  }
}

/** The same record with another end, or taken back. */
export function correction(
  one: MonitoringRecord,
  how: { withdrawn?: boolean; last_on?: string },
): MonitoringRecordBody {
  const { kind, last_on, given_by, channel, happened_at, understood, text } = one;
  return {
    ...NOTHING,
    kind,
    revises: one.id,
    first_on: kind === 'contact' ? null : one.first_on,
    last_on,
    person: one.person_id,
    given_by,
    channel,
    happened_at,
    understood,
    text,
    ...how,
  };
}
