import { expect, test } from 'vitest';
import { asCsv, asJson } from './export.ts';
import { checkIn } from './testing.ts';

const AT = new Date('2026-03-01T10:00:00Z');

test('a day is one row with the columns of `glidepath screen` first, and missing is an empty cell', () => {
  const day = '2026-03-01';
  const entries = [
    checkIn({ local_date: day, pain_now: 2, sensations: ['tingling'], place: 'thigh' }),
    checkIn({ local_date: day, pain_now: 5, sensations: null, place: 'calf', note: 'a "b", c' }),
    checkIn({ local_date: '2026-03-03', pain_now: null, sensations: null, place: null }),
  ];
  expect(asCsv('Ana', entries)).toBe(
    'patient,date,pain,nerve,place,pain_worst,sensations,exercises,notes,exercise_sensations\r\n' +
      'Ana,2026-03-01,5,1,calf,,tingling,0,"a ""b"", c",\r\n' +
      'Ana,2026-03-03,,,,,,0,,\r\n',
  );
});

test('in CSV a revision replaces what it revises and what was withdrawn is gone; JSON has them all', () => {
  const first = checkIn({ local_date: '2026-03-01', pain_now: 2 });
  const second = checkIn({ local_date: '2026-03-01', pain_now: 7, revises: first.entry.id });
  const gone = checkIn({ local_date: '2026-03-02' });
  const withdrawal = checkIn({ revises: gone.entry.id, withdrawn: true });
  const entries = [first, second, gone, withdrawal];
  expect(asCsv('Ana', entries).split('\r\n').slice(1)).toEqual([
    'Ana,2026-03-01,7,0,thigh,,,0,,',
    '',
  ]);
  const file = JSON.parse(asJson('diary', { account_id: 'a', patient: 'Ana' }, entries, AT));
  expect(file).toMatchObject({ format: 'glidepath-diary', version: 1, account_id: 'a' });
  expect(file.check_ins).toEqual(entries.map(({ entry }) => entry));
  expect(file.exercise_sessions).toEqual([]);
});

test('a note cannot become a formula of a spreadsheet', () => {
  const note = '=HYPERLINK("https://evil.example")';
  const csv = asCsv('Ana', [checkIn({ local_date: '2026-03-01', note })]);
  expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
});
