import type { Event } from '../engine/event.ts';
import { type ErrorData, HeddleError } from '../errors.ts';
import { type ExecutionStatus, isTerminal } from '../observe/status.ts';
import type { ExecutionSummary, ListFilter, StoredCheckpoint } from '../ports/journal-store.ts';
import type { Lease } from '../ports/lease.ts';
import { programDigest } from '../program/digest.ts';
import { Bindings } from './bindings.ts';
import { decodeCheckpoint, freshExecution, planOf, storedExecution } from './boot.ts';
import { viewCheckpoint } from './checkpoint-view.ts';
import { ExecutionDriver, stopReason } from './driver.ts';
import { Execution, isEnd } from './execution.ts';
import type { ExecutionCheckpoint, ExecutionEngine, ExecutionHandle, ProgramSource, StartOptions } from './execution-engine.ts';
import type { ExecutionEventCallback, ExecutionResult, ExecutionUpdate } from './execution-view.ts';
import type { Home } from './home.ts';
import { readInputs, readProgram } from './submission.ts';
import { Values } from './values.ts';

/** The engine over any home. */
export class DefaultExecutionEngine implements ExecutionEngine {
  readonly #home: Home;
  readonly #executions = new Map<string, Execution>();
  readonly #leases = new Map<string, Lease>();
  readonly #drivers = new Map<string, ExecutionDriver>();
  /** Subscribed callbacks and how to end each subscription. */
  readonly #subscriptions = new Map<string, Map<ExecutionEventCallback, () => void>>();

  constructor(home: Home) {
    this.#home = home;
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  async start(source: ProgramSource, inputs: unknown = {}, { executionId, ...options }: StartOptions = {}): Promise<ExecutionHandle> {
    const { artifacts, clock, journal, modules, random } = this.#home;
    const program = readProgram(source, modules);
    const checkedInputs = readInputs(program, inputs);
    const plan = planOf(this.#home, program);
    const id = executionId ?? random.id('ex');
    const digest = programDigest(program);
    const header = { executionId: id, programName: program.name, programDigest: digest, program, createdAtMs: clock.now() };
    const lease = await this.#hold(id);
    try {
      await journal.create(header);
    } catch (thrown) {
      this.#release(id);
      throw thrown;
    }
    const epoch = await journal.claim(id);
    const started = {
      type: 'ExecutionStarted' as const,
      executionId: id,
      programDigest: digest,
      inputs: await new Values(id, artifacts, journal.inlineBytesMax).put(checkedInputs),
      options,
      seed: random.seed(),
    };
    const execution = freshExecution(this.#home, header, plan, started);
    this.#drive(execution, lease, epoch);
    const begun = execution.until((fact) => fact.type === 'EXECUTION_STARTED');
    this.#deliver(execution, started, { type: 'LeaseAcquired', epoch, slots: this.#home.runner.slots });
    await begun;
    return this.#handle(execution);
  }

  async open(executionId: string): Promise<ExecutionHandle> {
    const known = this.#executions.get(executionId);
    if (known !== undefined && (known.driven || isTerminal(known.status))) return this.#handle(known);
    const lease = await this.#hold(executionId);
    const execution = await this.#load(executionId, lease);
    if (isTerminal(execution.status)) {
      this.#release(executionId);
      await execution.complete();
      return this.#handle(execution);
    }
    await this.#takeOver(execution, lease);
    return this.#handle(execution);
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    const handles: ExecutionHandle[] = [];
    for (const { executionId } of await this.#unfinished()) {
      if (this.#executions.get(executionId)?.driven) continue;
      try {
        handles.push(await this.open(executionId));
      } catch (thrown) {
        // Another host drives it, or it never began: neither is ours to resume.
        if (!(thrown instanceof Error) || !['LEASE_UNAVAILABLE', 'NOT_FOUND'].includes((thrown as HeddleError).code)) throw thrown;
      }
    }
    return handles;
  }

  async pause(executionId: string): Promise<void> {
    await this.#request(executionId, ['PENDING', 'RUNNING'], { type: 'PauseRequested' }, 'EXECUTION_PAUSED');
  }

  async resume(executionId: string): Promise<void> {
    await this.#request(executionId, ['PAUSED'], { type: 'ResumeRequested' }, 'EXECUTION_RESUMED');
  }

  async cancel(executionId: string, reason?: string): Promise<void> {
    const event: Event = { type: 'CancelRequested', ...(reason !== undefined && { reason }) };
    await this.#request(executionId, ['PENDING', 'RUNNING', 'PAUSED'], event, 'EXECUTION_CANCELLED');
  }

  getStatus(executionId: string): ExecutionStatus {
    return this.#known(executionId).status;
  }

  getResult(executionId: string): ExecutionResult | undefined {
    return this.#known(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#known(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    const execution = this.#known(executionId);
    const subscribed = this.#subscriptions.get(executionId) ?? new Map<ExecutionEventCallback, () => void>();
    if (subscribed.has(callback)) return;
    this.#subscriptions.set(executionId, subscribed);
    const updates = execution.monitor();
    let active = true;
    subscribed.set(callback, () => {
      active = false;
      void updates.return();
    });
    const deliver = async (): Promise<void> => {
      for await (const update of updates) {
        if (!active) return;
        callback(update);
      }
    };
    deliver().catch((thrown) => {
      // The stream ends when the driver stops; that is told by result(). What a callback throws is the caller's to see.
      if (active && !execution.feed.ended) throw thrown;
    });
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.get(executionId)?.get(callback)?.();
    this.#subscriptions.get(executionId)?.delete(callback);
  }

  async createCheckpoint(executionId: string): Promise<ExecutionCheckpoint> {
    const execution = this.#known(executionId);
    if (isTerminal(execution.status)) throw notAllowed(execution, 'checkpoint');
    const checkpointId = this.#home.random.id('cp');
    const saved = execution.until((fact) => fact.checkpointId === checkpointId || isEnd(fact));
    execution.deliver({ type: 'CheckpointRequested', checkpointId });
    await saved;
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored === undefined) throw notAllowed(execution, 'checkpoint');
    return viewCheckpoint(execution.plan, decodeCheckpoint(stored), stored);
  }

  async restoreFromCheckpoint(checkpointId: string): Promise<void> {
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored === undefined) throw new HeddleError({ code: 'NOT_FOUND', message: `no checkpoint ${checkpointId}` });
    const known = this.#executions.get(stored.executionId);
    if (known?.driven) {
      await this.#restore(known, stored, known.state.epoch);
      return;
    }
    const lease = await this.#hold(stored.executionId);
    const execution = await this.#load(stored.executionId, lease);
    execution.feed.reopen();
    const epoch = await this.#home.journal.claim(stored.executionId);
    this.#drive(execution, lease, epoch);
    await this.#restore(execution, stored, epoch);
  }

  async list(filter?: ListFilter): Promise<readonly ExecutionSummary[]> {
    return this.#home.journal.list(filter);
  }

  async delete(executionId: string): Promise<void> {
    const summary = await this.#home.journal.summary(executionId);
    if (summary === undefined) throw notFound(executionId);
    if (!isTerminal(summary.status)) {
      const message = `execution ${executionId} is ${summary.status} and cannot be deleted`;
      throw new HeddleError({ code: 'NOT_ALLOWED', message, hint: 'cancel it first' });
    }
    await this.#home.journal.delete(executionId);
    this.#executions.delete(executionId);
  }

  async close(): Promise<void> {
    const reason = stopReason('the engine was closed');
    for (const [executionId, driver] of this.#drivers) {
      driver.stop(reason);
      this.#executions.get(executionId)?.halt(reason);
      this.#release(executionId);
    }
    this.#drivers.clear();
    await this.#home.runner.close();
  }

  /** Waits for nobody: whoever else holds the lease drives the execution. */
  async #hold(executionId: string): Promise<Lease> {
    const lost = (): void => {
      this.#drivers.get(executionId)?.stop(stopReason('the lease was lost'));
      this.#letGo(executionId, { code: 'FENCED', message: `another host has taken execution ${executionId} over` });
    };
    const lease = await this.#home.leases.hold(executionId, { ifAvailable: true, lost });
    if (lease === undefined) {
      const message = `another host is driving execution ${executionId}`;
      throw new HeddleError({ code: 'LEASE_UNAVAILABLE', message, hint: 'wait until it ends or lets go', retryable: true });
    }
    this.#leases.set(executionId, lease);
    return lease;
  }

  async #load(executionId: string, lease: Lease): Promise<Execution> {
    try {
      const execution = await storedExecution(this.#home, executionId);
      if (execution === undefined) {
        // Created, but the start was never acknowledged: with the lease in hand nobody else can be about to begin it.
        await this.#home.journal.delete(executionId);
        throw notFound(executionId);
      }
      this.#executions.set(executionId, execution);
      return execution;
    } catch (thrown) {
      lease.release();
      this.#leases.delete(executionId);
      throw thrown;
    }
  }

  async #takeOver(execution: Execution, lease: Lease): Promise<void> {
    const epoch = await this.#home.journal.claim(execution.id);
    this.#drive(execution, lease, epoch);
    const resumed = execution.until((fact) => fact.type === 'RECOVERY_INITIATED' || isEnd(fact));
    this.#deliver(execution, { type: 'LeaseAcquired', epoch, slots: this.#home.runner.slots });
    await resumed;
  }

  #drive(execution: Execution, lease: Lease, epoch: number): void {
    const { journal, clock, runner } = this.#home;
    const { plan, state, values } = execution;
    const driver = new ExecutionDriver({
      plan,
      state,
      epoch,
      values,
      journal,
      clock,
      runner,
      bindings: new Bindings(plan, values),
      watcher: {
        published: (facts) => {
          execution.feed.publish(facts);
          if (facts.some(isEnd)) this.#ended(execution, driver);
        },
        noted: (note) => execution.feed.note(note, clock.now()),
        halted: (error) => this.#letGo(execution.id, error),
      },
    });
    this.#leases.set(execution.id, lease);
    this.#drivers.set(execution.id, driver);
    this.#executions.set(execution.id, execution);
    execution.drive(driver);
  }

  #ended(execution: Execution, driver: ExecutionDriver): void {
    driver.stop(stopReason('the execution has ended'));
    this.#drivers.delete(execution.id);
    execution.feed.end();
    this.#release(execution.id);
    // Put together at once, so that getResult has it; a failure to read it back is told to whoever asks for it.
    execution.complete().catch(() => undefined);
  }

  #letGo(executionId: string, error: ErrorData): void {
    this.#drivers.delete(executionId);
    this.#executions.get(executionId)?.halt(error);
    this.#release(executionId);
  }

  #release(executionId: string): void {
    this.#leases.get(executionId)?.release();
    this.#leases.delete(executionId);
  }

  #deliver(execution: Execution, ...events: readonly Event[]): void {
    this.#drivers.get(execution.id)?.deliver(...events);
  }

  /** Asks for a change and waits until it is durable. When the execution ends first, the change did not happen. */
  async #request(executionId: string, from: readonly ExecutionStatus[], event: Event, told: string): Promise<void> {
    const execution = this.#known(executionId);
    if (!from.includes(execution.status)) throw notAllowed(execution, event.type.replace('Requested', '').toLowerCase());
    const lastId = execution.feed.facts.at(-1)?.id ?? execution.feed.lastIdBefore;
    let happened = false;
    const done = execution.until((fact) => {
      if (fact.id <= lastId) return false;
      happened ||= fact.type === told;
      return happened || isEnd(fact);
    });
    execution.deliver(event);
    await done;
    if (!happened) throw notAllowed(execution, event.type.replace('Requested', '').toLowerCase());
  }

  async #restore(execution: Execution, stored: StoredCheckpoint, epoch: number): Promise<void> {
    const { checkpointId } = stored;
    const restored = execution.until((fact) => fact.type === 'RECOVERY_INITIATED' && fact.checkpointId === checkpointId);
    const slots = this.#home.runner.slots;
    execution.deliver({ type: 'CheckpointRestored', checkpointId, checkpoint: decodeCheckpoint(stored), epoch, slots });
    await restored;
  }

  async #unfinished(): Promise<readonly ExecutionSummary[]> {
    const found: ExecutionSummary[] = [];
    const limit = 1000;
    for (let before: string | undefined; ; before = found.at(-1)?.executionId) {
      const page = await this.#home.journal.list({
        status: ['PENDING', 'RUNNING', 'PAUSED'],
        limit,
        ...(before !== undefined && { before }),
      });
      found.push(...page);
      if (page.length < limit) return found;
    }
  }

  #known(executionId: string): Execution {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) throw notFound(executionId);
    return execution;
  }

  #handle(execution: Execution): ExecutionHandle {
    const { id } = execution;
    return {
      id,
      get status() {
        return execution.status;
      },
      result: () => execution.complete(),
      monitor: (after) => execution.monitor(after),
      pause: () => this.pause(id),
      resume: () => this.resume(id),
      cancel: (reason) => this.cancel(id, reason),
    };
  }
}

function notFound(executionId: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is known to this engine`, hint: 'open it if it is stored' });
}

function notAllowed(execution: Execution, what: string): HeddleError {
  return new HeddleError({ code: 'NOT_ALLOWED', message: `execution ${execution.id} is ${execution.status}: ${what} is not possible` });
}
