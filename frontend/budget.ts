import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';
import { FIRST_TEXTS } from './first-texts.ts';
import { loaded } from './sides.ts';

/** Kilobytes after gzip that a patient's first visit may load; the build fails far above its target. */
const BUDGETS = [
  { what: 'JavaScript', target: 45, limit: 60 },
  { what: 'CSS', target: 8, limit: 12 },
];
/** What is loaded in parts that the entry asks for by itself. */
const LOADS = [
  {
    name: 'first visit',
    parts: [/src\/patient\/join\/Join\.svelte$/, /messages\/(en|es)\/join\.json$/],
  },
  { name: 'Today', parts: [/src\/patient\/Patient\.svelte$/] },
];
/** Kilobytes after gzip of scripts, styles and texts that a therapist's first screen may load beyond Today. */
const THERAPIST_LIMIT = 60;
const THERAPIST = /therapist\/Therapist\.svelte$/;
/** In the longer of the two languages; nobody loads both. */
const THERAPIST_TEXTS = /messages\/es\/(therapist|caseload)\.json$/;

/** Prints what a load weighs: the entry, all that it imports, and the texts. */
export function budget(): Plugin {
  return {
    name: 'glidepath-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find(({ name, isEntry }) => isEntry && name === 'index');
      if (!entry) return;
      const found = (parts: RegExp[]) =>
        parts.flatMap((part) => {
          const wanted = chunks.filter(({ facadeModuleId }) => part.test(facadeModuleId ?? ''));
          if (wanted.length === 0) this.error(`a part is missing: ${part}`);
          return wanted;
        });
      let patients = new Set<string>();
      for (const { name, parts } of LOADS) {
        patients = loaded(bundle, [entry, ...found([FIRST_TEXTS, ...parts])]);
        for (const { what, target, limit } of BUDGETS) {
          const ending = what === 'CSS' ? '.css' : '.js';
          const size = weight(
            bundle,
            [...patients].filter((file) => file.endsWith(ending)),
          );
          const line = `${name}, ${what}: ${size.toFixed(1)} kB gzip (target ${target})`;
          if (size > limit) this.error(line);
          this.info(line);
        }
      }
      const first = loaded(bundle, found([THERAPIST, THERAPIST_TEXTS]));
      const beyond = weight(bundle, without(first, patients));
      const line = `therapist beyond Today: ${beyond.toFixed(1)} kB gzip (at most ${THERAPIST_LIMIT})`;
      if (beyond > THERAPIST_LIMIT) this.error(line);
      this.info(line);
      for (const screen of lazyScreens(bundle, found([THERAPIST]))) {
        const more = without(loaded(bundle, [screen]), first, patients);
        const name = screen.facadeModuleId?.replace(/.*\/src\//, '');
        this.info(`  and ${name}: ${weight(bundle, more).toFixed(1)} kB gzip more`);
      }
    },
  };
}

/** What the therapist's side asks for only where it is needed. */
function lazyScreens(
  bundle: Rolldown.OutputBundle,
  side: Rolldown.OutputChunk[],
): Rolldown.OutputChunk[] {
  const atOnce = loaded(bundle, side);
  const later = loaded(bundle, side, { lazily: true });
  return Object.values(bundle)
    .filter((file) => file.type === 'chunk')
    .filter(({ fileName }) => later.has(fileName) && !atOnce.has(fileName))
    .filter(({ isDynamicEntry }) => isDynamicEntry)
    .filter(({ facadeModuleId }) => /\/src\/therapist\//.test(facadeModuleId ?? ''));
}

const without = (files: Set<string>, ...known: Set<string>[]): string[] =>
  [...files].filter((file) => !known.some((some) => some.has(file)));

/** Kilobytes after gzip. */
function weight(bundle: Rolldown.OutputBundle, files: string[]): number {
  const bytes = files
    .map((name) => bundle[name])
    .map((file) => gzipSync(file?.type === 'chunk' ? file.code : (file?.source ?? '')).length)
    .reduce((sum, size) => sum + size, 0);
  return bytes / 1000;
}
