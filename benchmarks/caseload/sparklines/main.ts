import '../src/app/tokens.css';
import { flushSync, mount } from 'svelte';
import type { Spark } from '../src/chart/spark.ts';
import All from './All.svelte';

declare global {
  interface Window {
    rows: Spark[];
    drawn: Promise<number>;
  }
}

const painted = () => new Promise<void>((tell) => requestAnimationFrame(() => setTimeout(tell)));

async function draw(): Promise<number> {
  await painted();
  const began = performance.now();
  mount(All, { target: document.body, props: { rows: window.rows } });
  flushSync();
  await painted();
  return performance.now() - began;
}

window.drawn = draw();
