import { type ErrorData, toErrorData } from '../../errors.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';
import { ModulePace } from './module-pace.ts';
import { byExecution, gone, type PoolCall, PoolMember, settle } from './pool-member.ts';
import type { WorkerAnswer } from './worker-protocol.ts';

export interface WorkerPoolOptions {
  /** Makes a worker whose script calls `exposeModules`. */
  readonly createWorker: () => Worker;
  /** How many; default one a processor, 2 to 8. */
  readonly size?: number;
}

/** How long a module that was told to stop may take before its worker is terminated. */
const graceMs = 200;

/** Calls of short modules a worker is sent together, by what they are expected to take: waking it costs more than most do. */
const togetherMs = 0.5;

/** And so much it may have before it at the most. */
const aheadMs = 4;

/** Short calls for each worker that the engine may have under way. */
const shortCallsPerWorker = 16;

/** A worker that has several calls and was not heard of for so long has met a long one: the others are fetched back. */
const silentMs = 50;

/**
 * Runs modules on Web Workers. A call has a worker to itself, unless its module has proved to be short: such calls are sent
 * together, and answered together. Of a module that has proved to be brief a worker is sent the next call, or the next two,
 * before it ends one. Every call settles: by the answer, by the death of its worker, or by an abort, which first settles it, then
 * asks the module to stop, and then terminates a worker that does not. Runaway loops really end. Calls that were behind one run
 * on another worker, as the same attempts: they had not begun, or nobody heard of it.
 */
export class WorkerPoolRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: WorkerPoolOptions;
  readonly #members = new Set<PoolMember>();
  readonly #pace = new ModulePace();
  /** Calls that wait for a worker, or for the end of the turn in which they were asked for. */
  #queue: PoolCall[] = [];
  #lastId = 0;
  #flushing = false;
  #watching = false;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.slots = options.size ?? Math.min(8, Math.max(2, navigator.hardwareConcurrency || 2));
    // Loading a script takes longer than most calls: all workers load theirs while the page still does other things.
    for (let count = 0; count < this.slots; count++) this.#create();
  }

  /** How many workers there are now; a call that finds too few makes one. */
  get size(): number {
    return this.#members.size;
  }

  /** More when all of them have proved to be short, or brief: a worker then has the next call at hand when it has answered one. */
  slotsFor(modules: readonly string[]): number {
    if (modules.length === 0) return this.slots;
    if (modules.every((module) => this.#pace.isShort(module))) return this.slots * shortCallsPerWorker;
    const ahead = modules.map((module) => this.#pace.callsAhead(module)).filter((calls) => calls > 0);
    if (ahead.length === 0 || !modules.every((module) => this.#pace.seemsBrief(module))) return this.slots;
    // Calls of those that have proved nothing wait for a worker of their own, which is soon there.
    return this.slots * (1 + (ahead.length < modules.length ? 1 : Math.min(...ahead)));
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    const expectedMs = this.#pace.meanMs(call.module);
    const entry: PoolCall = { id: ++this.#lastId, call, observer, open: true, member: null, alone: false, expectedMs };
    this.#queue.push(entry);
    // What is asked for in the same turn goes together.
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
    return { abort: (reason) => this.#abort(entry, reason) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const member of this.#members) this.#drop(member, 'it was terminated');
    this.#flush();
  }

  /** Sends what can be sent, first come, first served: no call passes one that waits for a worker of its own. */
  #flush(): void {
    const batches = new Map<PoolMember, PoolCall[]>();
    let sent = 0;
    for (const call of this.#queue) {
      const member = call.open ? this.#place(call) : 'none';
      if (member === 'later') break;
      sent++;
      if (member === 'none') {
        settle(call, () => call.observer.failed(gone('it could not be made')));
        continue;
      }
      member.hold(call);
      const batch = batches.get(member);
      if (batch === undefined) batches.set(member, [call]);
      else batch.push(call);
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
    for (const [member, calls] of batches) for (const group of byExecution(calls)) this.#send(member, group);
  }

  #send(member: PoolMember, calls: readonly PoolCall[]): void {
    try {
      member.send(calls);
    } catch (thrown) {
      // One of them holds what cannot be cloned: each by itself tells which.
      for (const call of calls) {
        try {
          member.send([call]);
        } catch {
          member.release(call);
          settle(call, () => call.observer.failed({ ...toErrorData(thrown, 'BAD_INPUT'), retryable: false }));
        }
      }
    }
    if (member.held.size > 1) this.#watch();
  }

  /** `later`: when a worker is free. `none`: there will be none. */
  #place({ call, alone, expectedMs }: PoolCall): PoolMember | 'later' | 'none' {
    if (this.#closed) return 'none';
    const short = !alone && this.#pace.isShort(call.module);
    const ahead = alone ? 0 : this.#pace.callsAhead(call.module);
    let [idle, least]: (PoolMember | null)[] = [null, null];
    for (const member of this.#members) {
      if (member.idle) idle ??= member;
      else if (short && this.#pace.hasShort(member.held.values())) {
        if (member.expectedMs + expectedMs <= togetherMs) return member;
        if (member.expectedMs < (least?.expectedMs ?? aheadMs)) least = member;
      } else if (
        member.held.size <= Math.min(ahead, this.#pace.callsAheadOf(member.held.values())) &&
        member.freeAtMs < (least?.freeAtMs ?? Number.POSITIVE_INFINITY)
      )
        least = member;
    }
    return idle ?? (this.#members.size < this.slots ? (this.#create() ?? 'none') : (least ?? 'later'));
  }

  #abort(call: PoolCall, reason: ErrorData): void {
    if (!settle(call, () => call.observer.failed(reason)) || call.member === null) return;
    const { member } = call;
    member.abort(call, reason).then(
      (unbegun) => {
        if (!unbegun) return;
        member.release(call);
        this.#flush();
      },
      () => undefined,
    );
    setTimeout(() => {
      // It runs on, or something before it does and the worker hears nothing.
      if (call.member === member) this.#replace(member, 'a module did not stop when it was told to');
    }, graceMs);
  }

  #answered(call: PoolCall, answer: WorkerAnswer, tookMs: number): void {
    const { observer } = call;
    this.#pace.took(call.call.module, tookMs);
    settle(call, () => ('output' in answer ? observer.succeeded(answer.output) : observer.failed(answer.error)));
  }

  /** Looks now and then for workers that were silent while calls wait behind what they run. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    setTimeout(() => {
      this.#watching = false;
      const crowded = [...this.#members].filter(({ held }) => held.size > 1);
      for (const member of crowded) if (performance.now() - member.movedAtMs >= silentMs) this.#fetchBack(member);
      if (crowded.length > 0) this.#watch();
    }, silentMs);
  }

  #fetchBack(member: PoolMember): void {
    for (const { call } of member.held.values()) this.#pace.reset(call.module);
    member.recall().then(
      (ids) => {
        const calls = ids.flatMap((id) => member.held.get(id) ?? []);
        for (const call of calls) member.release(call);
        this.#queue = [...calls.filter(({ open }) => open), ...this.#queue];
        this.#flush();
      },
      () => undefined,
    );
  }

  /** @returns null when the browser refuses to */
  #create(): PoolMember | null {
    let worker: Worker;
    try {
      worker = this.#options.createWorker();
    } catch {
      return null;
    }
    const member = new PoolMember(worker, {
      answered: (_, call, answer, tookMs) => this.#answered(call, answer, tookMs),
      drained: () => {
        if (this.#queue.length > 0 && !this.#flushing) this.#flush();
      },
      lost: (lost, why, by) => this.#replace(lost, why, by),
    });
    this.#members.add(member);
    return member;
  }

  #replace(member: PoolMember, why: string, by?: number): void {
    if (!this.#members.has(member)) return;
    this.#drop(member, why, by);
    if (this.#closed) return;
    if (this.#queue.length > 0) this.#flush();
    // One whose script never answered would be replaced for ever; a call will try again.
    else if (member.proved && this.#members.size < this.slots) this.#create();
  }

  /** A call that was the only one, or said that it ends the worker, is lost with it; of several, each has another worker to itself. */
  #drop(member: PoolMember, why: string, by?: number): void {
    this.#members.delete(member);
    member.terminate();
    const held = [...member.held.values()];
    const blamed = (call: PoolCall): boolean =>
      this.#closed ||
      call.alone ||
      call.id === by ||
      (held.filter(({ open }) => open).length === 1 && held.length === 1);
    const again: PoolCall[] = [];
    for (const call of held) {
      member.release(call);
      this.#pace.reset(call.call.module);
      if (!call.open) continue;
      if (blamed(call)) settle(call, () => call.observer.failed(gone(why)));
      else again.push(Object.assign(call, { alone: true }));
    }
    this.#queue = [...again, ...this.#queue];
  }
}
