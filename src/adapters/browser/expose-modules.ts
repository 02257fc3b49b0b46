import { expose } from 'comlink';
import { type AnyModule, ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import { isBecomeEngine } from './engine-protocol.ts';
import type { CallsMessage, ModuleWorker } from './worker-protocol.ts';
import { WorkerQueue } from './worker-queue.ts';

export interface ExposeOptions {
  /** What `ctx.secret` asks. A page has no secret from its own user: hand it the user's own key, or none and a proxy that has it. */
  readonly secrets?: SecretVault;
  /** Makes the workers that run the modules, where the engine is; default: from this very script. */
  readonly createWorker?: () => Worker;
}

/**
 * The whole of a worker script: `exposeModules([mine, yours])`. Of the workers that are made from it one becomes the engine, and the
 * others run its modules.
 */
export function exposeModules(
  modules: readonly AnyModule[],
  { secrets, createWorker = another }: ExposeOptions = {},
): void {
  addEventListener('message', async function become({ data }: MessageEvent<unknown>) {
    if (!isBecomeEngine(data)) return;
    removeEventListener('message', become);
    // Loaded only where it is needed: workers that run modules are ready sooner without it.
    const { serveEngine } = await import('./engine-server.ts');
    serveEngine(data.port, data.settings, modules, createWorker);
  });
  const queue = new WorkerQueue(new ModuleRegistry(modules), secrets);
  addEventListener('message', ({ data }: MessageEvent<Partial<CallsMessage> | null>) => {
    if (data?.calls !== undefined) queue.take(data as CallsMessage);
  });
  const end = globalThis.close.bind(globalThis);
  globalThis.close = () => {
    queue.closing();
    end();
  };
  const worker: ModuleWorker = {
    abort: (id, reason) => queue.abort(id, reason),
    recall: () => queue.recall(),
  };
  expose(worker);
}

/** A worker from the script this one was made from. */
function another(): Worker {
  return new Worker(location.href, { type: isModule() ? 'module' : 'classic' });
}

/** Only a classic script may import others so; of none it does nothing. */
function isModule(): boolean {
  try {
    (globalThis as unknown as { importScripts(): void }).importScripts();
    return false;
  } catch {
    return true;
  }
}
