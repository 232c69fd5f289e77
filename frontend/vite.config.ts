import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { budget } from './budget.ts';
import { firstTexts } from './first-texts.ts';
import { manifest } from './manifest.ts';
import { forPatients, partsOfToday, sides } from './sides.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  plugins: [
    svelte(),
    sides(),
    budget(),
    firstTexts(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      injectRegister: null,
      manifest,
      // The sign-in cookie must travel with the manifest request behind an authenticating proxy.
      useCredentials: true,
      injectManifest: {
        globPatterns: ['**/*.{html,js,css,svg,png}'],
        globIgnores: ['no-worker.js'],
        manifestTransforms: [forPatients],
      },
    }),
  ],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // One file for what a start needs: a dozen small ones compress worse and cost requests.
      output: {
        codeSplitting: {
          groups: [{ name: 'start', tags: ['$initial'], priority: 9 }, ...partsOfToday()],
        },
      },
    },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8000' },
    // The safety table and the labels are one set of files for both sides; they live in the backend.
    fs: { allow: [repository] },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
