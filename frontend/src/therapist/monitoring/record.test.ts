import { expect, test } from 'vitest';
import type { MonitoringRecord } from '../../data/api/types.ts';
import { bodyOf, correction, missing, type Draft } from './record.ts';

const DRAFT: Draft = {
  day: '2026-03-17',
  last: '',
  time: '09:30',
  person: 'p',
  givenBy: 'patient',
  channel: 'phone',
  understood: true,
  text: ' ',
};

test('each kind says what it needs and nothing else', () => {
  expect(bodyOf('consent', DRAFT)).toMatchObject({
    first_on: '2026-03-17',
    given_by: 'patient',
    person: null,
    text: null,
  });
  expect(bodyOf('physiologic', DRAFT).first_on).toBe('2026-03-01');
  const contact = bodyOf('contact', DRAFT);
  expect(contact.first_on).toBeNull();
  expect(new Date(contact.happened_at ?? '').getTime()).toBe(
    new Date('2026-03-17T09:30').getTime(),
  );
});

test('what a kind needs is asked for', () => {
  expect(missing('education', DRAFT)).toEqual(['text']);
  expect(missing('contact', { ...DRAFT, time: '', person: '' })).toEqual(['time', 'person']);
  expect(missing('plan_of_care', { ...DRAFT, last: '2026-03-16' })).toEqual(['last']);
  expect(missing('consent', DRAFT)).toEqual([]);
});

test('a correction names what it corrects, and leaves the rest', () => {
  const one = {
    id: 'a',
    kind: 'consent',
    first_on: '2026-03-01',
    last_on: null,
    given_by: 'caregiver',
    person_id: null,
    channel: null,
    happened_at: null,
    understood: null,
    text: 'By phone.',
  } as MonitoringRecord;
  expect(correction(one, { last_on: '2026-04-01' })).toMatchObject({
    revises: 'a',
    withdrawn: false,
    first_on: '2026-03-01',
    last_on: '2026-04-01',
    given_by: 'caregiver',
    text: 'By phone.',
  });
});
