import { describe, expect, it } from 'vitest';
import { cases } from '../../../backend/glidepath/clinical/data/differentiate.json';
import {
  changesWith,
  differentiate,
  soFar,
  type Report,
  type SoFar,
  type Tests,
} from './differentiate.ts';
import { PLACES } from './vocabulary.ts';

describe('muscle or nerve', () => {
  it.each(cases)('$name', ({ given, likely, rule, reasons }) => {
    const result = differentiate(given as Report);

    expect(result.likely).toBe(likely);
    expect(result.rule).toBe(rule);
    expect(result.reasons.map(({ key }) => key)).toEqual(reasons);
  });

  it.each([null, ...PLACES])('is not decided by the place alone (%s)', (place) => {
    const result = differentiate({ sensations: null, place, changes_with: null });

    expect(result.likely).toBe('unclear');
    expect(result.answer.title.es).toContain('No está claro');
  });
});

describe('the two short tests', () => {
  it.each<[Tests, ReturnType<typeof changesWith>]>([
    [{ ankle: null, neck: null }, null],
    [{ ankle: 'unsure', neck: 'unsure' }, null],
    [{ ankle: 'same', neck: 'same' }, []],
    [{ ankle: 'changed', neck: 'changed' }, ['ankle', 'neck']],
    [{ ankle: 'changed', neck: null }, ['ankle']],
    [{ ankle: 'unsure', neck: 'changed' }, ['neck']],
    [{ ankle: 'same', neck: 'changed' }, ['neck']],
  ])('%j is kept as %j', (tests, kept) => {
    expect(changesWith(tests)).toEqual(kept);
  });

  it('say "neither" only when both were done', () => {
    for (const other of [null, 'unsure'] as const) {
      expect(changesWith({ ankle: 'same', neck: other })).toBeNull();
      expect(changesWith({ ankle: other, neck: 'same' })).toBeNull();
    }
  });
});

describe('what was answered so far', () => {
  const report = (changes_with: Report['changes_with'], over: Partial<Report> = {}): Report => ({
    sensations: ['tightness'],
    place: 'thigh',
    changes_with,
    ...over,
  });
  const SAME = report([]);

  it.each<[string, Report[], SoFar]>([
    ['nothing', [], 'untested'],
    ['no test', [report(null, { sensations: ['tingling'] })], 'untested'],
    ['the foot', [report(['ankle']), report(null)], 'ankle'],
    ['the head', [report(['neck'])], 'neck'],
    ['both at once', [report(['ankle', 'neck'])], 'both'],
    ['both, one after the other', [report(['ankle']), report(['neck'])], 'both'],
    ['neither', [SAME, SAME], 'neither'],
    [
      'neither, and nothing felt or placed',
      [report([], { sensations: null, place: null })],
      'neither',
    ],
    ['once changed, once the same', [SAME, report(['ankle'])], 'mixed'],
    ['the same, and it tingles', [report([], { sensations: ['tingling'] })], 'mixed'],
    ['the same, and weakness', [report([], { sensations: ['weakness'] })], 'mixed'],
    ['the same, below the knee', [report([], { place: 'calf' })], 'mixed'],
  ])('%s', (_name, reports, said) => {
    expect(soFar(reports)).toBe(said);
  });
});
