import { describe, expect, it } from 'vitest';
import { cases } from '../../../backend/glidepath/clinical/data/differentiate.json';
import { differentiate, type Report } from './differentiate.ts';
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
