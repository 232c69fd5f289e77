import { expect, it } from 'vitest';
import { reachOf } from './reach.ts';

const one = {
  entry_ids: ['a'],
  received_at: '2026-05-04T10:02:00Z',
  told_at: null,
  looked_at: null,
  looked_by: null,
  as_of: '2026-05-04T10:10:00Z',
};
const told = { ...one, told_at: '2026-05-04T10:03:00Z' };
const looked = { ...told, looked_at: '2026-05-04T10:05:00Z', looked_by: 'Irene', as_of: null };
const ids = new Set(['a', 'b']);
const none = new Set<string>();

it('what waits on the phone has not been sent, whatever the clinic knows of an older version', () => {
  expect(reachOf({ reached: [looked] }, ids, new Set(['b']))).toEqual({ stage: 'phone' });
});

it('an entry that the clinic has and is not told of claims nothing of people', () => {
  const nothing = { stage: 'sent', at: null, as_of: null };
  expect(reachOf({ reached: [{ ...looked, entry_ids: ['x'] }] }, ids, none)).toEqual(nothing);
  expect(reachOf(null, ids, none)).toEqual(nothing);
  // A care plan that an earlier version of the app kept.
  expect(reachOf({} as never, ids, none)).toEqual(nothing);
});

it('goes from received to told to looked at, and no further than is known', () => {
  const stage = (reached: (typeof looked | typeof told | typeof one)[]) =>
    reachOf({ reached }, ids, none);
  expect(stage([one])).toEqual({ stage: 'sent', at: one.received_at, as_of: one.as_of });
  expect(stage([told])).toMatchObject({ stage: 'told', told_at: told.told_at });
  expect(stage([looked])).toMatchObject({ stage: 'looked', by: 'Irene' });
});

it('of several reports in one entry the latest counts', () => {
  const later = { ...one, received_at: '2026-05-04T11:00:00+01:00' };
  const latest = { ...one, received_at: '2026-05-04T10:30:00Z' };
  expect(reachOf({ reached: [looked, later, latest] }, ids, none)).toMatchObject({
    stage: 'sent',
    at: latest.received_at,
  });
});
