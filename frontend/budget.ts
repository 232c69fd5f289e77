import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** Kilobytes after gzip that a patient's first visit may load; the build fails far above its target. */
const BUDGETS = [
  { what: 'JavaScript', target: 45, limit: 60 },
  { what: 'CSS', target: 8, limit: 12 },
];
/** Texts are loaded by language; those of the longest one count. */
const FIRST_TEXTS = /messages\/es\/(common|patient)\.json$/;

/** Prints what the first load weighs: the entry, all that it imports statically, and its texts. */
export function budget(): Plugin {
  return {
    name: 'glidepath-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find(({ name, isEntry }) => isEntry && name === 'index');
      if (!entry) return;
      const files = new Set<string>();
      const visit = (chunk: Rolldown.OutputChunk) => {
        if (files.has(chunk.fileName)) return;
        files.add(chunk.fileName);
        for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
        for (const name of chunk.imports) {
          const next = bundle[name];
          if (next?.type === 'chunk') visit(next);
        }
      };
      [entry, ...chunks.filter(({ facadeModuleId }) => FIRST_TEXTS.test(facadeModuleId ?? ''))].map(
        visit,
      );

      for (const { what, target, limit } of BUDGETS) {
        const ending = what === 'CSS' ? '.css' : '.js';
        const bytes = [...files]
          .filter((name) => name.endsWith(ending))
          .map((name) => bundle[name])
          .map((file) => gzipSync(file?.type === 'chunk' ? file.code : (file?.source ?? '')).length)
          .reduce((sum, size) => sum + size, 0);
        const size = bytes / 1000;
        const line = `first load, ${what}: ${size.toFixed(1)} kB gzip (target ${target})`;
        if (size > limit) this.error(line);
        this.info(line);
      }
    },
  };
}
