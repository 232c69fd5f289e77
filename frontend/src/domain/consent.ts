/** What a patient's word on the consent means for what they write. An app that was not told asks nothing. */
import type { Consent } from '../data/api/types.ts';

/** Whether entries wait on the phone: the clinic takes them once the patient agrees. */
export const holdsBack = (consent: Consent | undefined): boolean =>
  consent !== undefined && consent.state !== 'agreed';

/** Whether to agree comes before writing; to a changed text one may agree later. */
export const comesFirst = (consent: Consent | undefined): boolean =>
  consent?.state === 'never' || consent?.state === 'withdrawn';
