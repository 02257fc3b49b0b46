import type { Usage } from '../../engine/usage.ts';
import { HeddleError } from '../../errors.ts';
import { WaitingLine } from '../../host/gates/waiting-line.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import { callKey, type Said, type Shard, type ShardAnswer } from './shard-runner.ts';

/** An object has at most 6 connections open at once: a seventh call would only wait for one inside its own timeout. */
export const callsPerRunnerMax = 6;

/** What a runner object does: runs calls to their end, a few at a time, and can be told to stop one. */
export class LocalShard implements Shard {
  readonly #modules: ModuleRegistry;
  readonly #secrets: SecretVault;
  readonly #aborts = new Map<string, LazyAbort>();
  readonly #line = new WaitingLine();
  readonly #running = new Set<LazyAbort>();

  constructor(modules: ModuleRegistry, secrets: SecretVault = () => undefined) {
    this.#modules = modules;
    this.#secrets = secrets;
  }

  /** Calls it has, running and waiting. */
  get load(): number {
    return this.#aborts.size;
  }

  async run(call: ModuleCall, hear: (said: Said) => unknown): Promise<ShardAnswer> {
    const abort = new LazyAbort();
    const key = callKey(call);
    this.#aborts.set(key, abort);
    const told: Promise<unknown>[] = [];
    // What cannot be told any more has nobody to hear it.
    const tell = (said: Said): void => void told.push(Promise.resolve(hear(said)).catch(() => undefined));
    const observer = {
      emitted: (chunk: Extract<Said, { kind: 'output' }>['chunk']) => tell({ kind: 'output', chunk }),
      progressed: (fraction: number) => tell({ kind: 'progress', fraction }),
      logged: (message: string, context?: Extract<Said, { kind: 'log' }>['context']) =>
        tell({ kind: 'log', message, ...(context !== undefined && { context }) }),
      heartbeat: () => tell({ kind: 'heartbeat' }),
      used: (usage: Usage) => tell({ kind: 'usage', usage }),
    };
    try {
      const take = (): boolean => this.#running.size < callsPerRunnerMax && this.#running.add(abort).size > 0;
      await this.#line.wait(0, take, abort.signal);
      // Objects may share a thread, and it serves requests only when no call is waiting: without this pause a start is
      // answered, and a cancel heard, only after the last of many short CPU-bound calls.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const module = this.#modules.get(call.module);
      const ended = await runModule(module, call, observer, abort, this.#secrets);
      await Promise.all(told);
      return { ...ended, load: this.load - 1 };
    } finally {
      if (this.#aborts.get(key) === abort) this.#aborts.delete(key);
      if (this.#running.delete(abort)) this.#line.serve();
    }
  }

  async abort(call: string): Promise<void> {
    this.#aborts.get(call)?.abort(new HeddleError({ code: 'ABORTED', message: 'the engine gave the attempt up' }));
  }
}
