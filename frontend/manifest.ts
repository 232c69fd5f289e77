import type { ManifestOptions } from 'vite-plugin-pwa';

export const manifest: Partial<ManifestOptions> = {
  id: '/',
  name: 'Glidepath',
  short_name: 'Glidepath',
  description: 'A rehab diary for the back of the leg, shared with your therapist.',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#f8f3ea',
  theme_color: '#f8f3ea',
  categories: ['health', 'medical'],
  icons: [
    { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icons/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    { src: '/icons/mark.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  shortcuts: [{ name: 'Check in', url: '/check-in' }],
};
