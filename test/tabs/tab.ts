/** A page without any framework around the library, for tests that drive several of them. */
import { type BrowserEngine, createEngine } from '../../src/browser.ts';

declare global {
  interface Window {
    tab: BrowserEngine & { readonly later: string[] };
  }
}

const later: string[] = [];
const opened = await createEngine({
  workers: 2,
  createWorker: () => new Worker(new URL('./tab-worker.js', import.meta.url), { type: 'module' }),
  onResumed: ({ id }) => later.push(id),
});
window.tab = { ...opened, later };
document.body.dataset.ready = 'true';
