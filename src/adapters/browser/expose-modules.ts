import { expose, transfer } from 'comlink';
import type { Usage } from '../../engine/usage.ts';
import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import { type AnyModule, ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import { estimateBytes } from '../../host/values/estimate-bytes.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';
import { isBecomeEngine } from './engine-protocol.ts';
import type { ModuleWorker, Said, SaidMessage, WorkerAnswer } from './worker-protocol.ts';

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
  const registry = new ModuleRegistry(modules);
  const say = (said: Said): void => postMessage({ said } satisfies SaidMessage);
  const end = globalThis.close.bind(globalThis);
  globalThis.close = () => {
    say({ kind: 'closing' });
    end();
  };
  let abort: LazyAbort | null = null;
  const worker: ModuleWorker = {
    async run(call: ModuleCall): Promise<WorkerAnswer> {
      abort = new LazyAbort();
      const observer = {
        emitted: (chunk: Value) => say({ kind: 'output', chunk }),
        progressed: (fraction: number) => say({ kind: 'progress', fraction }),
        logged: (message: string, context?: { readonly [key: string]: Value }) =>
          say({ kind: 'log', message, ...(context !== undefined && { context }) }),
        heartbeat: () => say({ kind: 'heartbeat' }),
        used: (usage: Usage) => say({ kind: 'usage', usage }),
      };
      try {
        const answer = await runModule(registry.get(call.module), call, observer, abort, secrets);
        return 'output' in answer ? handOver(answer.output) : answer;
      } catch (thrown) {
        return { error: toErrorData(thrown, 'BAD_OUTPUT') };
      }
    },
    abort: (reason: ErrorData) => abort?.abort(new HeddleError(reason)),
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

/** Buffers of the output are moved, not copied: the module has ended and nothing else here needs them. */
function handOver(output: Value): WorkerAnswer {
  // Checked here, where it can still be told; a value that cannot be cloned would only break the message.
  estimateBytes(output);
  const buffers = new Set<ArrayBuffer>();
  collectBuffers(output, buffers);
  return transfer({ output }, [...buffers]);
}

function collectBuffers(value: Value, buffers: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  } else for (const part of Object.values(value)) collectBuffers(part, buffers);
}
