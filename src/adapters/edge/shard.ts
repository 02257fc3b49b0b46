import { HeddleError } from '../../errors.ts';
import { LazyAbort } from '../../host/lazy-abort.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { runModule } from '../../host/run-module.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import { callKey, type Said, type Shard, type ShardAnswer } from './shard-runner.ts';

/** What a runner object does: runs calls to their end and can be told to stop one. */
export class LocalShard implements Shard {
  readonly #modules: ModuleRegistry;
  readonly #aborts = new Map<string, LazyAbort>();

  constructor(modules: ModuleRegistry) {
    this.#modules = modules;
  }

  async run(call: ModuleCall): Promise<ShardAnswer> {
    const abort = new LazyAbort();
    const said: Said[] = [];
    this.#aborts.set(callKey(call), abort);
    const observer = {
      emitted: (chunk: Extract<Said, { kind: 'output' }>['chunk']) => said.push({ kind: 'output', chunk }),
      progressed: (fraction: number) => said.push({ kind: 'progress', fraction }),
      logged: (message: string, context?: Extract<Said, { kind: 'log' }>['context']) => {
        said.push({ kind: 'log', message, ...(context !== undefined && { context }) });
      },
      heartbeat: () => undefined,
    };
    try {
      // Objects may share a thread, and it serves requests only when no call is waiting: without this pause a start is
      // answered, and a cancel heard, only after the last of many short CPU-bound calls.
      await new Promise((resolve) => setTimeout(resolve, 0));
      return { said, ...(await runModule(this.#modules.get(call.module), call, observer, abort)) };
    } finally {
      this.#aborts.delete(callKey(call));
    }
  }

  async abort(call: string): Promise<void> {
    this.#aborts.get(call)?.abort(new HeddleError({ code: 'ABORTED', message: 'the engine gave the attempt up' }));
  }
}
