import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';
import { FIRST_TEXTS } from './first-texts.ts';

/** Kilobytes after gzip that a patient's first visit may load; the build fails far above its target. */
const BUDGETS = [
  { what: 'JavaScript', target: 45, limit: 60 },
  { what: 'CSS', target: 8, limit: 12 },
];
/** What is loaded in parts that the entry asks for by itself. */
const LOADS = [
  { name: 'first visit', parts: [] },
  { name: 'Today', parts: [/patient\/Patient\.svelte$/] },
];

/** Prints what a load weighs: the entry, all that it imports, and the texts. */
export function budget(): Plugin {
  return {
    name: 'glidepath-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find(({ name, isEntry }) => isEntry && name === 'index');
      if (!entry) return;
      for (const { name, parts } of LOADS) {
        const wanted = [FIRST_TEXTS, ...parts].map((part) =>
          chunks.filter(({ facadeModuleId }) => part.test(facadeModuleId ?? '')),
        );
        if (wanted.some((found) => found.length === 0)) this.error(`${name}: a part is missing`);
        const files = withImports(bundle, [entry, ...wanted.flat()]);
        for (const { what, target, limit } of BUDGETS) {
          const ending = what === 'CSS' ? '.css' : '.js';
          const size =
            weight(
              bundle,
              [...files].filter((file) => file.endsWith(ending)),
            ) / 1000;
          const line = `${name}, ${what}: ${size.toFixed(1)} kB gzip (target ${target})`;
          if (size > limit) this.error(line);
          this.info(line);
        }
      }
    },
  };
}

/** The files of chunks, of all that they import statically, and of their styles. */
function withImports(bundle: Rolldown.OutputBundle, chunks: Rolldown.OutputChunk[]): Set<string> {
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
  chunks.forEach(visit);
  return files;
}

/** Bytes after gzip. */
function weight(bundle: Rolldown.OutputBundle, files: string[]): number {
  return files
    .map((name) => bundle[name])
    .map((file) => gzipSync(file?.type === 'chunk' ? file.code : (file?.source ?? '')).length)
    .reduce((sum, size) => sum + size, 0);
}
