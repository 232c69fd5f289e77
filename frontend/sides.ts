import { fileURLToPath } from 'node:url';
import type { Plugin, Rolldown } from 'vite';

const THERAPIST = /\/therapist\/Therapist\.svelte$/;
const STYLE = /[?&]type=style|\.css$/;
const TEXTS = /messages\/(?<language>en|es)\/(?<name>\w+)\.json$/;

const staff = new Set<string>();

/** Finds the files that only therapists load, so that the worker does not bring them to patients' phones. */
export function sides(): Plugin {
  return {
    name: 'glidepath-sides',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find(({ name, isEntry }) => isEntry && name === 'index');
      if (!entry) return;
      const ofPatients = loaded(bundle, [entry], { lazily: true, but: [THERAPIST, TEXTS] });
      const said = [...ofPatients].map((name) => textOf(bundle[name])).join('\n');
      staff.clear();
      for (const chunk of chunks) {
        const texts = TEXTS.exec(chunk.facadeModuleId ?? '')?.groups?.name;
        // Keys of `common` stand alone; all others name their texts: `therapist:nav.triage`.
        const patients = texts
          ? texts === 'common' || RegExp(`["'\`]${texts}:\\w`).test(said)
          : ofPatients.has(chunk.fileName);
        if (patients) continue;
        staff.add(chunk.fileName);
        for (const css of chunk.viteMetadata?.importedCss ?? []) {
          if (!ofPatients.has(css)) staff.add(css);
        }
      }
      if (staff.size === 0) this.error('Nothing is for therapists alone: that cannot be.');
    },
  };
}

/** What the worker keeps for work without a network: all but what only therapists load. */
export function forPatients<Entry extends { url: string }>(
  manifest: Entry[],
): { manifest: Entry[] } {
  return { manifest: manifest.filter(({ url }) => !staff.has(url)) };
}

/** From the most to the least shared, and so from the first to the last that may take a module. */
const PARTS = ['joining', 'shared', 'rules', 'today', 'looks'] as const;
type Part = (typeof PARTS)[number];

/**
 * Puts what Today needs into few files, since a dozen small ones compress worse: with what the joining screen
 * needs, too, with what staff's first screen does, with what others of theirs do, and with the rest. The looks
 * of all the patients' other screens are one file: the worker fetches them all on the first day, and half a
 * hundred requests for a few lines each keep a phone busy.
 */
export function partsOfToday() {
  let parts: Map<string, Part> | undefined;
  return PARTS.map((part, at) => ({
    name: (module: string, context: Rolldown.ChunkingContext) => {
      parts ??= sortedParts(context);
      return parts.get(module) === part ? part : null;
    },
    priority: PARTS.length - at,
  }));
}

function sortedParts(context: Rolldown.ChunkingContext): Map<string, Part> {
  const needed = (screen: string, { lazily = false } = {}) => {
    const found = new Set<string>();
    const visit = (module: string) => {
      if (found.has(module)) return;
      found.add(module);
      const info = context.getModuleInfo(module);
      info?.importedIds.forEach(visit);
      if (lazily) info?.dynamicallyImportedIds.forEach(visit);
    };
    visit(fileURLToPath(new URL(`./src/${screen}.svelte`, import.meta.url)));
    return found;
  };
  const others: [Part, Set<string>][] = [
    ['joining', needed('patient/join/Join')],
    ['shared', needed('therapist/Therapist')],
    ['rules', needed('therapist/Therapist', { lazily: true })],
  ];
  const partOf = (module: string) => others.find(([, modules]) => modules.has(module))?.[0];
  const today = needed('patient/Patient');
  const looks = [...needed('patient/Patient', { lazily: true })]
    .filter((module) => STYLE.test(module) && !today.has(module) && !partOf(module))
    .map((module): [string, Part] => [module, 'looks']);
  return new Map([
    ...[...today].map((module): [string, Part] => [module, partOf(module) ?? 'today']),
    ...looks,
  ]);
}

/** The files of chunks, of all that they import, and of their styles; `lazily` also what they ask for later. */
export function loaded(
  bundle: Rolldown.OutputBundle,
  chunks: Rolldown.OutputChunk[],
  { lazily = false, but = [] as RegExp[] } = {},
): Set<string> {
  const files = new Set<string>();
  const visit = (chunk: Rolldown.OutputChunk) => {
    if (files.has(chunk.fileName)) return;
    if (but.some((part) => part.test(chunk.facadeModuleId ?? ''))) return;
    files.add(chunk.fileName);
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
    for (const name of [...chunk.imports, ...(lazily ? chunk.dynamicImports : [])]) {
      const next = bundle[name];
      if (next?.type === 'chunk') visit(next);
    }
  };
  chunks.forEach(visit);
  return files;
}

const textOf = (file: Rolldown.OutputBundle[string] | undefined): string =>
  file?.type === 'chunk' ? file.code : '';
