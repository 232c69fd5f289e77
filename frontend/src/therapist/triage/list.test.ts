import { describe, expect, test } from 'vitest';
import type { Need, RowAlert, TriageRow } from '../../data/api/types.ts';
import { counts, hasOthers, listKey, matching, of, open, step } from './list.ts';

const row = (name: string, need: Need): TriageRow => ({
  patient_id: name,
  name,
  need,
  reason: { en: '', es: '' },
  since: null,
  alert: null,
  mine: true,
  cover_for: null,
  ended_on: null,
  paused_until: null,
  today: '2026-05-04',
  spark: { pain: '', nerve: '', place: '' },
  days_logged_7: 0,
  next_step: false,
  unread: 0,
  last_entry_on: null,
});

const rows = [
  row('José Ángel Peña', 'urgent'),
  row('Anna Berg', 'worsening'),
  row('Jo Andersson', 'steady'),
];
const names = (found: TriageRow[]): string[] => found.map((r) => r.name);

describe('the list', () => {
  test('leaves out colleagues’ patients, those covered for too, where only one’s own are asked for', () => {
    const colleagues = { ...row('Colleague’s', 'urgent'), mine: false };
    const covered = { ...row('Covered', 'urgent'), cover_for: 'Martin Hale' };
    const everybody = [...rows, colleagues, covered];
    expect(of(everybody, 'mine')).toEqual(rows);
    expect(of(everybody, 'everybody')).toEqual(everybody);
    expect([hasOthers(rows), hasOthers([...rows, covered]), hasOthers(everybody)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('offers to acknowledge together what is open, and nothing else', () => {
    const alert = (state: string) => ({
      ...row(state, 'urgent'),
      alert: { id: state, state } as RowAlert,
    });
    expect(
      open([alert('open'), alert('snoozed'), alert('acknowledged'), row('none', 'steady')]),
    ).toEqual([{ id: 'open', state: 'open' }]);
  });

  test('finds a name without its accents and in any case', () => {
    expect(names(matching(rows, null, 'pena JOSE'))).toEqual(['José Ángel Peña']);
  });

  test('keeps the order of the server', () => {
    expect(names(matching(rows, null, 'an'))).toEqual([
      'José Ángel Peña',
      'Anna Berg',
      'Jo Andersson',
    ]);
  });

  test('narrows by need and by name at once', () => {
    expect(names(matching(rows, 'steady', 'jo'))).toEqual(['Jo Andersson']);
    expect(matching(rows, 'quiet', '')).toEqual([]);
  });

  test('takes signs in a search as they are', () => {
    expect(matching(rows, null, '.*')).toEqual([]);
  });

  test('counts every need, also those that nobody has, and who wrote, whatever their need', () => {
    const wrote = rows.map((one, at) => ({ ...one, unread: at === 1 ? 0 : at + 1 }));
    expect(names(matching(wrote, 'unread', ''))).toEqual(['José Ángel Peña', 'Jo Andersson']);
    expect(counts(wrote)).toEqual({
      unread: 2,
      urgent: 1,
      worsening: 1,
      quiet: 0,
      not_improving: 0,
      steady: 1,
    });
  });
});

describe('keys', () => {
  const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...held,
  });

  test('mean something outside of fields only', () => {
    expect(listKey(press('j'), false)).toBe('next');
    expect(listKey(press('j'), true)).toBeNull();
  });

  test("leave the browser's own shortcuts alone", () => {
    expect(listKey(press('r', { ctrlKey: true }), false)).toBeNull();
    expect(listKey(press('a', { metaKey: true }), false)).toBeNull();
  });

  test('of other letters mean nothing', () => {
    expect(listKey(press('q'), false)).toBeNull();
  });
});

describe('steps', () => {
  test('begin at the first row and stop at both ends', () => {
    expect(step(-1, 3, 'next')).toBe(0);
    expect(step(2, 3, 'next')).toBe(2);
    expect(step(0, 3, 'previous')).toBe(0);
    expect(step(1, 3, 'previous')).toBe(0);
  });

  test('go nowhere in an empty list', () => {
    expect(step(-1, 0, 'next')).toBe(-1);
  });
});
