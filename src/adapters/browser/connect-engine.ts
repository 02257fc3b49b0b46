import { HeddleError } from '../../errors.ts';
import type { EngineSettings, EngineWatcher, OpenedEngine } from './browser-engine.ts';
import { withDeadline } from './deadline.ts';
import type { BecomeEngine } from './engine-protocol.ts';
import { loadKernel } from './load-kernel.ts';
import { RemoteEngine } from './remote-engine.ts';

/** A script that loads for longer is not coming, or does not call `exposeModules`. */
const beginMsMax = 30_000;

/** Makes the engine in a worker. @throws RUNNER_LOST when the worker's script cannot be loaded or does not answer */
export async function connectEngine(
  settings: EngineSettings,
  createWorker: () => Worker,
  watcher: EngineWatcher,
): Promise<OpenedEngine<RemoteEngine>> {
  const worker = createWorker();
  const { port1, port2 } = new MessageChannel();
  const engine = new RemoteEngine({
    ...watcher,
    port: port1,
    prices: settings.resources?.prices ?? {},
    closed: () => worker.terminate(),
  });
  let begun = false;
  worker.addEventListener('error', ({ message = 'its script could not be loaded' }) => {
    // Later faults are told by the console, and end nothing.
    if (!begun) engine.lost(lost(message));
  });
  worker.postMessage({ heddle: 'engine', settings, port: port2 } satisfies BecomeEngine, [port2]);
  try {
    const answered = withDeadline(engine.begun(), beginMsMax, () => new HeddleError(lost('it does not answer')));
    const [{ kernel, reason }] = await Promise.all([loadKernel(settings.kernelUrl), answered]);
    begun = true;
    return { engine, kernel, ...(reason !== undefined && { kernelReason: reason }), ...(await engine.opened()) };
  } catch (thrown) {
    engine.lost(lost('the engine could not be made'));
    throw thrown;
  }
}

function lost(why: string) {
  return {
    code: 'RUNNER_LOST',
    message: `the worker of the engine was lost: ${why}`,
    hint: 'createWorker has to make a worker whose script calls exposeModules',
  };
}
