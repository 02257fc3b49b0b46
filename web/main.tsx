import { render } from 'preact';
import { createEngine, type StorageStatus } from '../src/browser.ts';
import { App } from './shell/app.tsx';
import { keepOffline } from './shell/offline.ts';
import { readRoute } from './shell/route.ts';
import { FirstShown } from './studio/first-shown.ts';
import { Studio } from './studio/studio.ts';
import { tell } from './studio/tell.ts';

const databaseName = 'heddle';
const root = document.querySelector('#app') as HTMLElement;

start().catch((thrown) => {
  root.textContent = tell(thrown);
});

async function start(): Promise<void> {
  let first: FirstShown | null = null;
  const engine = await createEngine({
    databaseName,
    createWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
    onStorageChange: (status) => first === null && sayEarly(status),
    onResumed: (handle) => void first?.resumed(handle),
  });
  performance.mark('heddle:engine');
  const studio = new Studio(engine, databaseName);
  const { executionId } = readRoute(location.hash);
  first = new FirstShown(studio, executionId);
  const draw = (): void => {
    root.replaceChildren();
    render(<App studio={studio} />, root);
  };
  // Drawn while the engine reads what ran last; an address, which the views follow too, is opened before.
  if (executionId === undefined) {
    studio.say('Looking for what ran last.');
    draw();
  }
  await first.show();
  if (executionId !== undefined) draw();
  document.body.dataset.ready = 'yes';
  studio.persisted = await navigator.storage.persist().catch(() => false);
  studio.changed();
  studio.offline = await keepOffline(new URL('./service-worker.js', location.href));
  studio.changed();
}

/** While the engine is still being made, which waits for what was unfinished to be read. */
function sayEarly({ state, reason = '' }: StorageStatus): void {
  root.textContent = state === 'ok' ? 'Heddle is loading.' : `Heddle is loading. The storage fails: ${reason}`;
}
