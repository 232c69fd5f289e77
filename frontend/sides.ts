import type { Plugin, Rolldown } from 'vite';

const THERAPIST = /\/therapist\/Therapist\.svelte$/;
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
