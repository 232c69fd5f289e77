import { describe, expect, it } from 'vitest';
import type { Notices } from '../../data/api/types.ts';
import {
  bodyOf,
  draftOf,
  flawsOf,
  mailMustStay,
  wayAtOnce,
  wayOfDigest,
  wayOfUrgent,
} from './effect.ts';

const STANDS: Notices = {
  version: 3,
  push: true,
  email: true,
  digest_at: '07:30',
  quiet_from: null,
  quiet_until: null,
  at_once: ['high'],
  browsers: 1,
  email_to: 'therapist@north.example',
  mail: 'on',
  timezone: 'Europe/Madrid',
};

describe('how one is told', () => {
  it('is sent as it stood when nothing was changed', () => {
    const {
      version: _,
      browsers: __,
      email_to: ___,
      mail: ____,
      timezone: _____,
      ...body
    } = STANDS;
    expect(bodyOf(draftOf(STANDS))).toEqual(body);
  });

  it('keeps the hours of a night that is switched off to itself', () => {
    const draft = { ...draftOf(STANDS), quiet: false, quiet_from: '22:00', quiet_until: '22:00' };
    expect(flawsOf(draft)).toEqual([]);
    expect(bodyOf(draft).quiet_from).toBeNull();
    expect(flawsOf({ ...draft, quiet: true })).toEqual(['same']);
    expect(flawsOf({ ...draft, quiet: true, quiet_from: '' })).toEqual(['from']);
  });

  it.each([
    { push: true, email: true, browsers: 1, ways: ['both', 'both', 'email'], stays: false },
    { push: true, email: false, browsers: 1, ways: ['both', 'push', 'push'], stays: false },
    { push: false, email: true, browsers: 1, ways: ['email', 'email', 'email'], stays: true },
    { push: true, email: true, browsers: 0, ways: ['email', 'email', 'email'], stays: true },
    // As the server does when the last browser is gone.
    { push: true, email: false, browsers: 0, ways: ['email', 'email', 'email'], stays: true },
  ])('goes by $ways: urgent, at once, digest', ({ push, email, browsers, ways, stays }) => {
    const draft = { ...draftOf(STANDS), push, email };
    const [urgent, atOnce, digest] = ways;
    expect(wayOfUrgent(draft, browsers)).toBe(urgent);
    expect(wayAtOnce(draft, browsers)).toBe(atOnce);
    expect(wayOfDigest(draft, browsers, 'on')).toBe(digest);
    expect(mailMustStay(draft, browsers)).toBe(stays);
  });

  it('sends the digest by push where there is no mail', () => {
    expect(wayOfDigest(draftOf(STANDS), 1, 'off')).toBe('push');
  });
});
