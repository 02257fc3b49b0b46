import { render } from 'preact';
import { createEngine } from '../src/browser.ts';
import { isTerminal } from '../src/observe/status.ts';
import { App } from './shell/app.tsx';
import { keepOffline } from './shell/offline.ts';
import { readRoute } from './shell/route.ts';
import { Studio } from './studio/studio.ts';
import { tell } from './studio/tell.ts';

const databaseName = 'heddle';
const root = document.querySelector('#app') as HTMLElement;

start().catch((thrown) => {
  root.textContent = tell(thrown);
});

async function start(): Promise<void> {
  const engine = await createEngine({
    databaseName,
    createWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  });
  performance.mark('heddle:engine');
  const studio = new Studio(engine, databaseName);
  await show(studio);
  root.replaceChildren();
  render(<App studio={studio} />, root);
  document.body.dataset.ready = 'yes';
  studio.persisted = await navigator.storage.persist().catch(() => false);
  studio.changed();
  studio.offline = await keepOffline(new URL('./service-worker.js', location.href));
  studio.changed();
}

/** What was unfinished first, then the execution of the address, then the last one. */
async function show(studio: Studio): Promise<void> {
  const { engine, resumed } = studio.engine;
  const { executionId } = readRoute(location.hash);
  const [unfinished] = resumed;
  const [newest] = await engine.list({ limit: 1 });
  if (executionId !== undefined) return studio.openExecution(executionId).catch(studio.complain);
  if (unfinished !== undefined) {
    const notice = 'Resumed after the reload: what had finished was restored, the rest goes on.';
    studio.take(await studio.page.live(unfinished), notice);
  } else if (newest !== undefined) {
    const notice = isTerminal(newest.status)
      ? 'This is the last run. Run it again, or try another program.'
      : 'This is the last run: it goes on in another tab, and you watch it here.';
    await studio.openExecution(newest.executionId, notice).catch(studio.complain);
  } else studio.say('Press Run.');
}
