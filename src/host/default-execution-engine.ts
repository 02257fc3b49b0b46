import type { Event } from '../engine/event.ts';
import { HeddleError, isHeddleError } from '../errors.ts';
import { type ExecutionStatus, isTerminal } from '../observe/status.ts';
import type { ExecutionSummary, ListFilter, StoredCheckpoint } from '../ports/journal-store.ts';
import { programDigest } from '../program/digest.ts';
import { decodeCheckpoint, freshExecution, planOf, storedExecution } from './boot.ts';
import { viewCheckpoint } from './checkpoint-view.ts';
import { Custody } from './custody.ts';
import { type Execution, isEnd } from './execution.ts';
import type {
  ExecutionCheckpoint,
  ExecutionEngine,
  ExecutionHandle,
  ProgramSource,
  StartOptions,
} from './execution-engine.ts';
import type { ExecutionEventCallback, ExecutionResult, ExecutionUpdate } from './execution-view.ts';
import { handleOf } from './handle.ts';
import type { Home } from './home.ts';
import { notAllowed, notFound } from './refusals.ts';
import { readInputs, readOptions, readProgram } from './submission.ts';
import { Subscriptions } from './subscriptions.ts';
import { unfinished } from './unfinished.ts';
import { Values } from './values.ts';

/** The engine over any home. */
export class DefaultExecutionEngine implements ExecutionEngine {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #subscriptions = new Subscriptions();

  constructor(home: Home) {
    this.#home = home;
    this.#custody = new Custody(home);
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  async start(
    source: ProgramSource,
    inputs: unknown = {},
    { executionId, ...overrides }: StartOptions = {},
  ): Promise<ExecutionHandle> {
    const { artifacts, clock, journal, modules, random, runner } = this.#home;
    const program = readProgram(source, modules);
    const checkedInputs = readInputs(program, inputs);
    const options = readOptions(overrides);
    const plan = planOf(this.#home, program);
    const id = executionId ?? random.id('ex');
    const digest = programDigest(program);
    const header = {
      executionId: id,
      programName: program.name,
      programDigest: digest,
      program,
      createdAtMs: clock.now(),
    };
    const lease = await this.#custody.hold(id);
    try {
      await journal.create(header);
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
      const begun = execution.until((fact) => fact.type === 'EXECUTION_STARTED');
      this.#custody.drive(execution, lease, epoch, started, { type: 'LeaseAcquired', epoch, slots: runner.slots });
      await begun;
      return handleOf(this, execution);
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  async open(executionId: string): Promise<ExecutionHandle> {
    const known = this.#custody.find(executionId);
    if (known !== undefined && (known.driven || isTerminal(known.status))) return handleOf(this, known);
    const lease = await this.#custody.hold(executionId);
    try {
      const execution = await this.#load(executionId);
      if (isTerminal(execution.status)) {
        lease.release();
        this.#custody.keep(execution);
        await execution.complete();
        return handleOf(this, execution);
      }
      const epoch = await this.#home.journal.claim(executionId);
      const resumed = execution.until((fact) => fact.type === 'RECOVERY_INITIATED' || isEnd(fact));
      this.#custody.drive(execution, lease, epoch, { type: 'LeaseAcquired', epoch, slots: this.#home.runner.slots });
      await resumed;
      return handleOf(this, execution);
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    const handles: ExecutionHandle[] = [];
    for (const { executionId } of await unfinished(this.#home.journal)) {
      if (this.#custody.find(executionId)?.driven) continue;
      try {
        handles.push(await this.open(executionId));
      } catch (thrown) {
        // Another host drives it, or it never began: neither is ours to resume.
        if (!isHeddleError(thrown) || (thrown.code !== 'LEASE_UNAVAILABLE' && thrown.code !== 'NOT_FOUND'))
          throw thrown;
      }
    }
    return handles;
  }

  async pause(executionId: string): Promise<void> {
    await this.#request(executionId, 'pause', ['PENDING', 'RUNNING'], { type: 'PauseRequested' }, 'EXECUTION_PAUSED');
  }

  async resume(executionId: string): Promise<void> {
    await this.#request(executionId, 'resume', ['PAUSED'], { type: 'ResumeRequested' }, 'EXECUTION_RESUMED');
  }

  async cancel(executionId: string, reason?: string): Promise<void> {
    const event: Event = { type: 'CancelRequested', ...(reason !== undefined && { reason }) };
    await this.#request(executionId, 'cancel', ['PENDING', 'RUNNING', 'PAUSED'], event, 'EXECUTION_CANCELLED');
  }

  getStatus(executionId: string): ExecutionStatus {
    return this.#custody.get(executionId).status;
  }

  getResult(executionId: string): ExecutionResult | undefined {
    return this.#custody.get(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#custody.get(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.add(this.#custody.get(executionId), callback);
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.remove(executionId, callback);
  }

  async createCheckpoint(executionId: string): Promise<ExecutionCheckpoint> {
    const execution = this.#custody.get(executionId);
    if (isTerminal(execution.status)) throw notAllowed(execution, 'a checkpoint');
    const checkpointId = this.#home.random.id('cp');
    const saved = execution.until((fact) => fact.checkpointId === checkpointId || isEnd(fact));
    execution.deliver({ type: 'CheckpointRequested', checkpointId });
    await saved;
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored === undefined) throw notAllowed(execution, 'a checkpoint');
    return viewCheckpoint(execution.plan, decodeCheckpoint(stored), stored);
  }

  async restoreFromCheckpoint(checkpointId: string): Promise<void> {
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored === undefined) throw new HeddleError({ code: 'NOT_FOUND', message: `no checkpoint ${checkpointId}` });
    const known = this.#custody.find(stored.executionId);
    if (known?.driven) {
      const restored = known.restored(checkpointId);
      known.deliver(this.#restoreEvent(stored, known.state.epoch));
      return restored;
    }
    const lease = await this.#custody.hold(stored.executionId);
    try {
      const execution = await this.#load(stored.executionId);
      execution.feed.reopen();
      const epoch = await this.#home.journal.claim(stored.executionId);
      const restored = execution.restored(checkpointId);
      this.#custody.drive(execution, lease, epoch, this.#restoreEvent(stored, epoch));
      await restored;
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
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
    this.#custody.forget(executionId);
  }

  async close(): Promise<void> {
    this.#custody.letAllGo({ code: 'ABORTED', message: 'the engine was closed' });
    await this.#home.runner.close();
  }

  async #load(executionId: string): Promise<Execution> {
    const execution = await storedExecution(this.#home, executionId);
    if (execution !== undefined) return execution;
    // It may have been created without its start ever being acknowledged: with the lease in hand, nobody else is about to begin it.
    await this.#home.journal.delete(executionId);
    throw notFound(executionId);
  }

  /** Asks for a change and waits until it is durable. When the execution ends first, the change did not happen. */
  async #request(
    executionId: string,
    verb: string,
    from: readonly ExecutionStatus[],
    event: Event,
    told: string,
  ): Promise<void> {
    const execution = this.#custody.get(executionId);
    if (!from.includes(execution.status)) throw notAllowed(execution, verb);
    const lastId = execution.feed.facts.at(-1)?.id ?? execution.feed.lastIdBefore;
    let happened = false;
    const done = execution.until((fact) => {
      if (fact.id <= lastId) return false;
      happened ||= fact.type === told;
      return happened || isEnd(fact);
    });
    execution.deliver(event);
    await done;
    if (!happened) throw notAllowed(execution, verb);
  }

  #restoreEvent(stored: StoredCheckpoint, epoch: number): Event {
    const { checkpointId } = stored;
    return {
      type: 'CheckpointRestored',
      checkpointId,
      checkpoint: decodeCheckpoint(stored),
      epoch,
      slots: this.#home.runner.slots,
    };
  }
}
