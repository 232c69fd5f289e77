/** What a choice of how to be told comes to, said before it is saved. */
import type { NoticeBody, Notices } from '../../data/api/types.ts';

export const CAN_WAIT = ['high', 'moderate', 'low'] as const;
export type CanWait = (typeof CAN_WAIT)[number];
export type Way = 'push' | 'email' | 'both';

export interface Draft {
  push: boolean;
  email: boolean;
  digest_at: string;
  quiet: boolean;
  quiet_from: string;
  quiet_until: string;
  at_once: Record<CanWait, boolean>;
}

/** Which hours are offered to who has none. */
const NIGHT = { from: '20:00', until: '07:00' };

export function draftOf(stands: Notices): Draft {
  return {
    push: stands.push,
    email: stands.email,
    digest_at: stands.digest_at,
    quiet: stands.quiet_from !== null,
    quiet_from: stands.quiet_from ?? NIGHT.from,
    quiet_until: stands.quiet_until ?? NIGHT.until,
    at_once: {
      high: stands.at_once.includes('high'),
      moderate: stands.at_once.includes('moderate'),
      low: stands.at_once.includes('low'),
    },
  };
}

export function bodyOf(draft: Draft): NoticeBody {
  return {
    push: draft.push,
    email: draft.email,
    digest_at: draft.digest_at,
    quiet_from: draft.quiet ? draft.quiet_from : null,
    quiet_until: draft.quiet ? draft.quiet_until : null,
    at_once: CAN_WAIT.filter((one) => draft.at_once[one]),
  };
}

export type Flaw = 'digest' | 'from' | 'until' | 'same';

export function flawsOf(draft: Draft): Flaw[] {
  const flaws: Flaw[] = [];
  if (!draft.digest_at) flaws.push('digest');
  if (!draft.quiet) return flaws;
  if (!draft.quiet_from) flaws.push('from');
  if (!draft.quiet_until) flaws.push('until');
  if (draft.quiet_from && draft.quiet_from === draft.quiet_until) flaws.push('same');
  return flaws;
}

/** E-mail is the way that is left: it goes off only while a browser takes pushes and may. */
export const mailMustStay = (draft: Pick<Draft, 'push'>, browsers: number): boolean =>
  !draft.push || browsers === 0;

/** The same rule as the server's: where no browser takes pushes, it is mail. */
export function wayAtOnce(draft: Draft, browsers: number): Way {
  const byPush = draft.push && browsers > 0;
  if (!byPush) return 'email';
  return draft.email ? 'both' : 'push';
}

/** What is urgent goes by mail whatever was chosen: some phones drop pushes and tell nobody. */
export const wayOfUrgent = (draft: Draft, browsers: number): Way =>
  wayAtOnce({ ...draft, email: true }, browsers);

/** The digest is one message. */
export function wayOfDigest(draft: Draft, browsers: number, mail: Notices['mail']): Way {
  const way = wayAtOnce(draft, browsers);
  if (way !== 'both') return way;
  return mail === 'off' ? 'push' : 'email';
}
