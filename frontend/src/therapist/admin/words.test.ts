import { beforeAll, describe, expect, it } from 'vitest';
import { loadTexts } from '../../i18n/index.svelte.ts';
import { whyWords } from './words.ts';

describe('why a delivery failed', () => {
  beforeAll(() => loadTexts('admin'));

  it('is said in words, with the number only where the other side gave one', () => {
    expect(whyWords('smtp_unreachable')).toBe('the mail server does not answer');
    expect(whyWords('smtp_550')).toBe('the mail server refused it (550)');
    expect(whyWords('push_410')).toBe('the push service refused it (410)');
  });

  it('shows what has no words yet, in place of hiding it', () => {
    expect(whyWords('something_new')).toBe('something_new');
  });
});
