import type { Plugin } from 'vite';

/** The texts that the first screen waits for; which language it is, only the phone knows. */
export const FIRST_TEXTS = /messages\/(en|es)\/(common|patient)\.json$/;

/** Lets the page fetch the first texts together with the code that asks for them, one journey earlier. */
export function firstTexts(): Plugin {
  return {
    name: 'glidepath-first-texts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && FIRST_TEXTS.test(file.facadeModuleId ?? ''))
          .map(({ fileName }) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
            injectTo: 'head' as const,
          })),
    },
  };
}
