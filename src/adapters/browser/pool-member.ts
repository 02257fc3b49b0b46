import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ErrorData } from '../../errors.ts';
import type { CallObserver, ModuleCall } from '../../ports/module-runner.ts';
import {
  type AnswersMessage,
  type CallsMessage,
  type ModuleWorker,
  noCall,
  packCall,
  type Said,
  type SaidMessage,
  type WorkerAnswer,
} from './worker-protocol.ts';

/** A call of the pool, from when it was asked for to when its worker has no more to do with it. */
export interface PoolCall {
  readonly id: number;
  readonly call: ModuleCall;
  readonly observer: CallObserver;
  /** Not settled: its observer still waits. */
  open: boolean;
  /** Where it was sent; null while it waits in the pool. */
  member: PoolMember | null;
  /** It was lost together with others, of which one is to blame: it goes to a worker that has nothing else. */
  alone: boolean;
  /** What it is expected to take. */
  expectedMs: number;
}

export interface MemberEvents {
  answered(member: PoolMember, call: PoolCall, answer: WorkerAnswer, tookMs: number): void;
  /** After all answers of a message. */
  drained(member: PoolMember): void;
  /** @param by id of the call that ended the worker, where it said so */
  lost(member: PoolMember, why: string, by?: number): void;
}

/** One worker of the pool, and the calls it has. It runs them one after another. */
export class PoolMember {
  readonly held = new Map<number, PoolCall>();
  readonly #worker: Worker;
  readonly #remote: Remote<ModuleWorker>;
  /** It has answered before: what replaces it will, too. */
  proved = false;
  expectedMs = 0;
  /** When it last was given something, or answered. */
  movedAtMs = 0;
  /** When it is expected to have ended all it has. */
  freeAtMs = 0;

  constructor(worker: Worker, events: MemberEvents) {
    this.#worker = worker;
    this.#remote = wrap<ModuleWorker>(worker);
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<AnswersMessage & SaidMessage>>) => {
      if (data?.answers !== undefined) this.#take(data.answers, events);
      else if (data?.said?.kind === 'closing') events.lost(this, 'it closed itself', data.id);
      else if (data?.said !== undefined) this.#hear(data.id ?? noCall, data.said);
    });
    worker.addEventListener('error', (event) => events.lost(this, event.message ?? 'its script could not be loaded'));
    worker.addEventListener('messageerror', () => events.lost(this, 'a message could not be read'));
    // The browser tells nobody of it, and whoever made the worker may do it.
    worker.terminate = () => {
      Worker.prototype.terminate.call(worker);
      events.lost(this, 'it was terminated');
    };
  }

  get idle(): boolean {
    return this.held.size === 0;
  }

  /** @param calls of one execution @throws DataCloneError when an input cannot be sent; then none was */
  send(calls: readonly PoolCall[]): void {
    const [first] = calls;
    if (first === undefined) return;
    const { executionId, generation } = first.call;
    const packed = calls.map(({ id, call }) => packCall(id, call));
    this.#worker.postMessage({ executionId, generation, calls: packed } satisfies CallsMessage);
    for (const call of calls) this.hold(call);
    this.movedAtMs = performance.now();
  }

  hold(call: PoolCall): void {
    if (this.held.has(call.id)) return;
    call.member = this;
    this.held.set(call.id, call);
    this.expectedMs += call.expectedMs;
    this.freeAtMs = Math.max(this.freeAtMs, performance.now()) + call.expectedMs;
  }

  release(call: PoolCall): void {
    if (!this.held.delete(call.id)) return;
    this.expectedMs = this.held.size === 0 ? 0 : this.expectedMs - call.expectedMs;
    call.member = null;
  }

  /** @returns whether it had not begun */
  abort({ id }: PoolCall, reason: ErrorData): Promise<boolean> {
    return this.#remote.abort(id, reason);
  }

  recall(): Promise<readonly number[]> {
    return this.#remote.recall();
  }

  terminate(): void {
    this.#remote[releaseProxy]();
    Worker.prototype.terminate.call(this.#worker);
  }

  #take(answers: AnswersMessage['answers'], events: MemberEvents): void {
    this.proved = true;
    this.movedAtMs = performance.now();
    for (const [id, tookMs, output, error] of answers) {
      const call = this.held.get(id);
      if (call === undefined) continue;
      this.release(call);
      events.answered(this, call, error === undefined ? { output } : { error }, tookMs);
    }
    this.freeAtMs = this.movedAtMs + this.expectedMs;
    events.drained(this);
  }

  #hear(id: number, said: Said): void {
    const call = this.held.get(id);
    if (call?.open) pass(said, call.observer);
  }
}

function pass(said: Said, observer: CallObserver): void {
  if (said.kind === 'output') observer.emitted(said.chunk);
  else if (said.kind === 'progress') observer.progressed(said.fraction);
  else if (said.kind === 'log') observer.logged(said.message, said.context);
  else if (said.kind === 'usage') observer.used(said.usage);
  else if (said.kind === 'heartbeat') observer.heartbeat();
}

/** In order, calls that can share a message. */
export function byExecution(calls: readonly PoolCall[]): readonly (readonly PoolCall[])[] {
  const groups: PoolCall[][] = [];
  for (const each of calls) {
    const group = groups.at(-1);
    const same = group?.[0]?.call;
    if (same?.executionId === each.call.executionId && same.generation === each.call.generation) group?.push(each);
    else groups.push([each]);
  }
  return groups;
}

/** Tells its observer, once. @returns false when it was told already */
export function settle(call: PoolCall, told: () => void): boolean {
  if (!call.open) return false;
  call.open = false;
  told();
  return true;
}

export const gone = (why: string): ErrorData => ({
  code: 'RUNNER_LOST',
  message: `the worker was lost: ${why}`,
  retryable: true,
});
