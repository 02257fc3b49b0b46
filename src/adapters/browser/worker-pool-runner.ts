import { type Remote, releaseProxy, wrap } from 'comlink';
import { type ErrorData, toErrorData } from '../../errors.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';
import type { ModuleWorker, Said, SaidMessage } from './worker-protocol.ts';

export interface WorkerPoolOptions {
  /** Makes a worker whose script calls `exposeModules`. */
  readonly createWorker: () => Worker;
  /** How many; default one a processor, 2 to 8. */
  readonly size?: number;
}

/** How long a module that was told to stop may take before its worker is terminated. */
const graceMs = 200;

interface Member {
  readonly worker: Worker;
  readonly remote: Remote<ModuleWorker>;
  /** It has answered before: what replaces it will, too. */
  proved: boolean;
  /** Ends the call that is running when the worker dies. */
  died: ((error: ErrorData) => void) | null;
  /** Passes on what the module of that call says. */
  heard: (said: Said) => void;
}

/**
 * Runs modules on Web Workers, one call at a time each. Comlink's promises never settle when a worker is gone, so
 * every call has a promise of ours that does: by the answer, by the death of the worker, or by an abort, which first settles the
 * call, then asks the module to stop, and then terminates a worker that does not. Runaway loops really end.
 */
export class WorkerPoolRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: WorkerPoolOptions;
  readonly #idle: Member[] = [];
  readonly #members = new Set<Member>();
  /** Calls that wait for a worker; only while one is being replaced. */
  readonly #waiting: Use[] = [];
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.slots = options.size ?? Math.min(8, Math.max(2, navigator.hardwareConcurrency || 2));
    // Loading a script takes longer than most calls: all workers load theirs while the page still does other things.
    for (let count = 0; count < this.slots; count++) this.#refill();
  }

  /** How many workers there are now; a call that finds too few makes one. */
  get size(): number {
    return this.#members.size;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    let open = true;
    let member: Member | null = null;
    const settle = (told: () => void): boolean => {
      if (!open) return false;
      open = false;
      told();
      return true;
    };
    this.#take((taken) => {
      if (taken === null) return void settle(() => observer.failed(gone('it could not be made')));
      if (!open) return this.#giveBack(taken);
      member = taken;
      taken.died = (error) => settle(() => observer.failed(error));
      taken.heard = (said) => {
        if (open) pass(said, observer);
      };
      taken.remote.run(call).then(
        (answer) => {
          taken.died = null;
          taken.proved = true;
          settle(() => ('output' in answer ? observer.succeeded(answer.output) : observer.failed(answer.error)));
          this.#giveBack(taken);
        },
        (thrown) => {
          // The answer could not be sent: the worker lives, the call failed.
          taken.died = null;
          settle(() => observer.failed({ ...toErrorData(thrown, 'BAD_OUTPUT'), retryable: false }));
          this.#giveBack(taken);
        },
      );
    });
    return {
      abort: (reason) => {
        if (!settle(() => observer.failed(reason)) || member === null) return;
        this.#stop(member, reason);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const member of this.#members) this.#terminate(member);
    for (const use of this.#waiting.splice(0)) use(null);
  }

  /** Asks the module to stop; a worker that is not back after the grace is terminated and replaced. */
  #stop(member: Member, reason: ErrorData): void {
    const call = member.died;
    Promise.resolve(member.remote.abort(reason)).catch(() => undefined);
    setTimeout(() => {
      // Another call on it means that the one we waited for has ended.
      if (this.#members.has(member) && member.died !== null && member.died === call) this.#replace(member);
    }, graceMs);
  }

  #take(use: Use): void {
    const idle = this.#idle.pop();
    if (idle !== undefined) use(idle);
    else if (this.#closed || this.#members.size < this.slots) use(this.#closed ? null : this.#create());
    else this.#waiting.push(use);
  }

  #giveBack(member: Member): void {
    member.died = null;
    member.heard = deaf;
    if (!this.#members.has(member)) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(member);
    else next(member);
  }

  /** @returns null when the browser refuses to */
  #create(): Member | null {
    let worker: Worker;
    try {
      worker = this.#options.createWorker();
    } catch {
      return null;
    }
    const member: Member = { worker, remote: wrap<ModuleWorker>(worker), proved: false, died: null, heard: deaf };
    const lost = (why: string): void => {
      if (!this.#members.has(member)) return;
      member.died?.(gone(why));
      this.#replace(member);
    };
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<SaidMessage>>) => {
      if (data?.said?.kind === 'closing') lost('it closed itself');
      else if (data?.said !== undefined) member.heard(data.said);
    });
    worker.addEventListener('error', (event) => lost(event.message ?? 'its script could not be loaded'));
    worker.addEventListener('messageerror', () => lost('a message could not be read'));
    // The browser tells nobody of it, and whoever made the worker may do it.
    worker.terminate = () => {
      Worker.prototype.terminate.call(worker);
      lost('it was terminated');
    };
    this.#members.add(member);
    return member;
  }

  #replace(member: Member): void {
    this.#terminate(member);
    if (this.#closed) return;
    const next = this.#waiting.shift();
    if (next !== undefined) next(this.#create());
    // One whose script never answered would be replaced for ever; a call will try again.
    else if (member.proved) this.#refill();
  }

  #refill(): void {
    const member = this.#create();
    if (member !== null) this.#idle.push(member);
  }

  #terminate(member: Member): void {
    this.#members.delete(member);
    const index = this.#idle.indexOf(member);
    if (index >= 0) this.#idle.splice(index, 1);
    member.died?.(gone('it was terminated'));
    member.died = null;
    member.remote[releaseProxy]();
    member.worker.terminate();
  }
}

/** Takes a worker, or null when there is none to be had. */
type Use = (member: Member | null) => void;

const gone = (why: string): ErrorData => ({
  code: 'RUNNER_LOST',
  message: `the worker was lost: ${why}`,
  retryable: true,
});

const deaf = (): void => undefined;

function pass(said: Said, observer: CallObserver): void {
  if (said.kind === 'output') observer.emitted(said.chunk);
  else if (said.kind === 'progress') observer.progressed(said.fraction);
  else if (said.kind === 'log') observer.logged(said.message, said.context);
  else if (said.kind === 'usage') observer.used(said.usage);
  else if (said.kind === 'heartbeat') observer.heartbeat();
}
