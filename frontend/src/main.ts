import './app/tokens.css';
import './app/base.css';
import './app/parts.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { session } from './app/session.svelte.ts';
import { showTextSize } from './app/text-size.ts';
import { updates } from './app/updates.svelte.ts';
import { startTexts } from './i18n/index.svelte.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
showTextSize();
if (session.role === 'patient') void import('./patient/Patient.svelte').catch(() => undefined);
else if (session.role) void import('./therapist/Therapist.svelte').catch(() => undefined);
else void import('./patient/join/Join.svelte').catch(() => undefined);
await startTexts('common', session.role ? 'patient' : 'join');
mount(App, { target });
// After the first paint: the worker's downloads must not compete with it. Where a browser refuses a worker
// (some private windows), only opening the app offline is lost.
updates.start().catch(reportError);
