import { HeddleError, toErrorData } from '../../errors.ts';
import { WaitingLine } from '../../host/gates/waiting-line.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { CallObserver, ModuleCall } from '../../ports/module-runner.ts';
import { type BatchAnswer, type CallAnswer, callKey, type Said, type Shard, type Told } from './shard-protocol.ts';

/** An object has at most 6 connections open at once: a seventh call would only wait for one inside its own timeout. */
const callsPerRunnerMax = 6;
/** Calls that come one after the other pause so often. */
const pauseEveryMs = 4;
/** A call that has ended waits so long for the others of its batch before it is told of alone. */
const aheadMs = 5;

/** What a runner object does: runs calls to their end, a few at a time, and can be told to stop one. */
export class LocalShard implements Shard {
  readonly #modules: ModuleRegistry;
  readonly #secrets: SecretVault;
  readonly #aborts = new Map<string, LazyAbort>();
  readonly #line = new WaitingLine();
  #running = 0;
  /** Of all calls that begin in this turn. */
  #pausing: Promise<void> | null = null;
  #pausedAtMs = 0;

  constructor(modules: ModuleRegistry, secrets: SecretVault = () => undefined) {
    this.#modules = modules;
    this.#secrets = secrets;
  }

  async run(calls: readonly ModuleCall[], hear: (told: readonly Told[]) => unknown): Promise<BatchAnswer> {
    const hearings: Promise<unknown>[] = [];
    // What cannot be told any more has nobody to hear it.
    const tell = async (told: readonly Told[]): Promise<void> => {
      const hearing = Promise.resolve(hear(told)).catch(() => undefined);
      hearings.push(hearing);
      await hearing;
    };
    let open = calls.length;
    let ahead: Told[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ended = (call: number, answer: CallAnswer): void => {
      open--;
      ahead.push({ call, said: { kind: 'ended', answer } });
      if (open === 0) clearTimeout(timer);
      else if (ahead.length === 1) {
        timer = setTimeout(() => {
          tell(ahead);
          ahead = [];
        }, aheadMs);
      }
    };
    const answers = await Promise.all(
      calls.map(async (call, index) => {
        const answer = await this.#one(call, (said) => tell([{ call: index, said }]));
        if (calls.length > 1) ended(index, answer);
        return answer;
      }),
    );
    await Promise.all(hearings);
    return { answers, load: this.#aborts.size };
  }

  async abort(call: string): Promise<void> {
    this.#aborts.get(call)?.abort(new HeddleError({ code: 'ABORTED', message: 'the engine gave the attempt up' }));
  }

  /**
   * Objects may share a thread, and it serves requests only when no call is waiting: without pauses a start is answered, and a
   * cancel heard, only after the last of many short CPU-bound calls. The clock stands still while a turn lasts, so only the
   * first call of a turn may do without.
   */
  async #pause(): Promise<void> {
    const nowMs = Date.now();
    if (this.#pausing === null && this.#running === 1 && nowMs - this.#pausedAtMs < pauseEveryMs) return;
    this.#pausing ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#pausing = null;
        this.#pausedAtMs = Date.now();
        resolve();
      }, 0);
    });
    await this.#pausing;
  }

  async #one(call: ModuleCall, tell: (said: Said) => void): Promise<CallAnswer> {
    const abort = new LazyAbort();
    const key = callKey(call);
    this.#aborts.set(key, abort);
    let runs = false;
    try {
      const take = (): boolean => this.#running < callsPerRunnerMax && ++this.#running > 0;
      if (this.#line.length > 0 || !take()) await this.#line.wait(0, take, abort.signal);
      runs = true;
      await this.#pause();
      return await runModule(this.#modules.get(call.module), call, observerOf(tell), abort, this.#secrets);
    } catch (thrown) {
      return { error: toErrorData(thrown, 'ABORTED') };
    } finally {
      if (this.#aborts.get(key) === abort) this.#aborts.delete(key);
      if (runs) {
        this.#running--;
        this.#line.serve();
      }
    }
  }
}

function observerOf(tell: (said: Said) => void): Omit<CallObserver, 'succeeded' | 'failed'> {
  return {
    emitted: (chunk) => tell({ kind: 'output', chunk }),
    progressed: (fraction) => tell({ kind: 'progress', fraction }),
    logged: (message, context) => tell({ kind: 'log', message, ...(context !== undefined && { context }) }),
    heartbeat: () => tell({ kind: 'heartbeat' }),
    used: (usage) => tell({ kind: 'usage', usage }),
  };
}
