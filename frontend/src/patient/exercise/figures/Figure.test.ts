import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import { exercises } from '../../../../../backend/glidepath/clinical/data/exercises.json';
import type { ExerciseKind } from '../../../data/api/types.ts';
import Figure from './Figure.svelte';

const library = exercises as unknown as { key: string; kind: ExerciseKind }[];
const own = { key: 'of the clinic', kind: 'mobility' } as const;

describe.each([...library, own])('the picture of $key', (of) => {
  it.each([{ small: false }, { small: true }])('is whole (small: $small)', ({ small }) => {
    const { body } = render(Figure, { props: { of, small } });
    expect(body).not.toMatch(/NaN|undefined|Infinity/);
    expect(body).toContain('aria-hidden="true"');
    expect(body.includes('class="arrow')).toBe(!small);
  });
});
