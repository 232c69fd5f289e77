import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Quality, QualityRow } from '../../data/api/types.ts';
import { loadTexts } from '../../i18n/index.svelte.ts';
import { csv } from '../../data/csv.ts';
import { rowOf, share, wait } from './figures.ts';
import { asCsv } from './file.ts';

const ROW: QualityRow = {
  of: 'kind',
  kind: 'worsening',
  severity: 'high',
  alerts: 12,
  seen: { count: 11, median: 2.345, p95: null },
  acknowledged: { count: 0, median: null, p95: null },
  resolved: 9,
  ended: 0,
  discharged: 0,
  outcomes: { called: 7, no_action: 2 },
  acted_on: 7,
  useful: 5,
  not_useful: 1,
  useful_or_acted_on: 7,
  a_day_old: 12,
  acknowledged_within_day: 9,
  two_days_old: 12,
  closed_within_two_days: 8,
};
const QUALITY = { patient_weeks: 48, rows: [ROW] } as Quality;

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
  await loadTexts('therapist', 'quality');
});

describe('the numbers of alerts', () => {
  it('are counts where a percentage would say more than there is', () => {
    expect(share(5, 6, 10)).toBe('5 of 6');
    expect(share(9, 10, 10)).toBe('90%');
    expect(share(0, 0, 10)).toBe('none yet');
  });

  it('name waits as people say them, and none where it did not happen', () => {
    expect([wait(0.5), wait(1.25), wait(26), wait(72)]).toEqual([
      '30 min',
      '1.3 hr',
      '26 hr',
      '3 days',
    ]);
    expect(wait(null)).toBe('–');
  });

  it('have a row for what there is none of', () => {
    expect(rowOf(QUALITY, 'urgent').seen).toEqual({ count: 0, median: null, p95: null });
  });

  it('go to a file in which what is not there is empty, never zero', () => {
    const [, row] = asCsv(QUALITY).split('\r\n');
    expect(row).toBe('"Worsening, high",12,0.25,11,2.35,,0,,,9,0,7,7,0,0,0,0,2,5,1,3');
  });

  it('cannot become a formula in a spreadsheet', () => {
    expect(csv([['=1+1', '+1', '-1', '@x', '\tx', '\rx', -1]])).toBe(
      `'=1+1,'+1,'-1,'@x,'\tx,"'\rx",-1\r\n`,
    );
  });
});
