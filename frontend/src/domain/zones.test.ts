/** The patient's day on the phone: around changes of the clocks, where midnight or a whole day is missing. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { addDays, madeAfter, stamp, today, withOffset } from './days.ts';
import { strength } from './strength.ts';

interface Change {
  zone: string;
  at: string;
  /** Minutes ahead of Greenwich. */
  before: number;
  after: number;
  /** The local days within three hours of the change. */
  days: string[];
}

/** What the clocks show stands written out there; the server's tests read it too. */
const CHANGES = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/clock_changes.json', import.meta.url), 'utf-8'),
) as Change[];
const MINUTE = 60_000;
const RANDOM_CASES = 20_000;
/** A zone may go by an older name in a browser. */
const ALIASES: Record<string, string> = { 'Asia/Katmandu': 'Asia/Kathmandu' };

// Changing the zone of a process again and again is slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => vi.unstubAllEnvs());

/** Every minute from three hours before to three hours after, with the offset of the wall clock. */
function* minutes({ at, before, after }: Change): Generator<[Date, number]> {
  for (let minute = -180; minute <= 180; minute++) {
    yield [new Date(Date.parse(at) + minute * MINUTE), minute < 0 ? before : after];
  }
}

const wallClock = (at: Date, offset: number): string =>
  new Date(at.getTime() + offset * MINUTE).toISOString().slice(0, -1);

/** The minutes of the table in which `dayOf` names another day than the wall clock. */
function faults(dayOf: (at: Date) => string): string[] {
  const found: string[] = [];
  for (const change of CHANGES) {
    vi.stubEnv('TZ', change.zone);
    for (const [at, offset] of minutes(change)) {
      const wall = wallClock(at, offset);
      if (dayOf(at) !== wall.slice(0, 10)) found.push(`${change.zone} ${wall}: ${dayOf(at)}`);
    }
  }
  return found;
}

test('every minute around a change of the clocks is of the right day', () => {
  expect(faults(today)).toEqual([]);
});

test.each([
  ['takes the day at Greenwich', (at: Date) => at.toISOString().slice(0, 10)],
  [
    'keeps the offset of New Year',
    (at: Date) => wallClock(at, -new Date(at.getFullYear(), 0, 1).getTimezoneOffset()).slice(0, 10),
  ],
])('a phone that %s is caught', (_, dayOf) => {
  expect(faults(dayOf).length).toBeGreaterThan(0);
});

test('an entry carries day, wall clock, offset and zone', () => {
  for (const change of CHANGES) {
    vi.stubEnv('TZ', change.zone);
    for (const [at, offset] of minutes(change)) {
      // A stamp asks for the zone's name, which takes long: around midnight and the change is enough.
      if (at.getTime() % (30 * MINUTE)) continue;
      const { local_date, happened_at, zone } = stamp(at);
      expect(happened_at.slice(0, 23)).toBe(wallClock(at, offset));
      expect(local_date).toBe(happened_at.slice(0, 10));
      expect(Date.parse(happened_at)).toBe(at.getTime());
      expect(ALIASES[zone] ?? zone).toBe(change.zone);
    }
  }
});

test.each(CHANGES)('who writes whenever today is empty writes once a day: $zone $at', (change) => {
  vi.stubEnv('TZ', change.zone);
  const logged: string[] = [];
  for (const [at] of minutes(change)) if (!logged.includes(today(at))) logged.push(today(at));
  expect(logged).toEqual(change.days);
});

test.each(CHANGES)('a daily habit is as strong across the change: $zone $at', (change) => {
  vi.stubEnv('TZ', change.zone);
  const done = new Set<string>();
  // Every six hours for three weeks on both sides, as somebody would who writes on each day.
  for (let hours = -504; hours <= 504; hours += 6) {
    done.add(today(new Date(Date.parse(change.at) + hours * 60 * MINUTE)));
  }
  const days = [...done].sort();
  const first = days[0]!;
  const calendar = days.map((_, index) => addDays(first, index));
  // A day that never was cannot be done; only there it is missing from the week.
  if (change.zone === 'Pacific/Apia') {
    expect(done.has('2011-12-30')).toBe(false);
    done.add('2011-12-30');
  } else {
    expect(days).toEqual(calendar);
  }
  expect(strength(done, days.at(-1)!, 7)).toBeCloseTo(1, 6);
});

test(`the day is the zone's own at ${RANDOM_CASES} moments in all zones`, () => {
  // A small seeded generator, so that a failing run can be repeated.
  let seed = 20260329;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const zones = Intl.supportedValuesOf('timeZone');
  const each = Math.ceil(RANDOM_CASES / zones.length);
  const wrong: string[] = [];
  for (const zone of zones) {
    vi.stubEnv('TZ', zone);
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
    for (let count = 0; count < each; count++) {
      const at = new Date(Date.UTC(2001, 0) + Math.floor(random() * 36 * 31_557_600) * 1000);
      const right =
        calendar.format(at) === today(at) && Date.parse(withOffset(at)) === at.getTime();
      if (!right) wrong.push(`${zone} ${at.toISOString()}: ${withOffset(at)}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('a change is made after what it changes, also when the clock was set back between them', () => {
  const made = (at: string) => withOffset(new Date(at));
  const [first, second] = [made('2026-05-04T10:00:00Z'), made('2026-05-04T11:00:00Z')];
  const later = new Date('2026-05-04T12:00:00Z');
  expect(madeAfter([first, second], later)).toBe(withOffset(later));
  const setBack = new Date('2026-05-02T12:00:00Z');
  expect(Date.parse(madeAfter([second, first], setBack))).toBe(Date.parse(second) + 1);
  expect(madeAfter([], later)).toBe(withOffset(later));
});
