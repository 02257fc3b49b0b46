import type { ExecutionStarted, LeaseAcquired } from '../../engine/event.ts';
import type { Fork, ParentRef } from '../../engine/lineage.ts';
import { HeddleError, isHeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import type { Lease } from '../../ports/lease.ts';
import { tell } from '../../ports/log.ts';
import type { Program } from '../../program/program.ts';
import type { Value } from '../../program/value.ts';
import { freshExecution, storedExecution } from '../drive/boot.ts';
import type { Custody } from '../drive/custody.ts';
import { type Execution, isEnd } from '../drive/execution.ts';
import type { StartOptions } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import type { Learning } from '../learn/learning.ts';
import { recordMissed } from '../learn/missed-records.ts';
import type { ProgramSource } from '../programs/program-source.ts';
import { readFlag, readInputs, readOptions, readSearchBudget, readTraceparent } from '../programs/submission.ts';
import { notFound } from '../refusals.ts';
import { slotsFor } from '../run/slots-for.ts';
import { estimateBytes } from '../values/estimate-bytes.ts';
import { Values } from '../values/values.ts';
import { unfinished } from './unfinished.ts';

/** What an execution may have that was not started by a user from nothing. */
export interface Origin {
  readonly parent?: ParentRef;
  /** References in it are to artifacts of the new execution. */
  readonly fork?: Fork;
}

type Beginning = Pick<ExecutionStarted, 'options' | 'parent' | 'fork' | 'weights' | 'schedule' | 'traceparent'>;

export interface LifecycleOptions {
  /** Codes of errors that there are recovery strategies for. */
  readonly recovers: () => readonly string[];
  /** Whether an execution that was created and did not begin is to begin after all. */
  readonly unbegun: (header: ExecutionHeader, lease: Lease) => Promise<Execution | undefined>;
}

/** How executions begin and come back. */
export class Lifecycle {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #learning: Learning;
  readonly #options: LifecycleOptions;

  constructor(home: Home, custody: Custody, learning: Learning, options: LifecycleOptions) {
    this.#home = home;
    this.#custody = custody;
    this.#learning = learning;
    this.#options = options;
  }

  /** Begins an execution; resolves when its start is durable. */
  async begin(
    source: ProgramSource,
    inputs: unknown,
    { executionId, compile, searchBudgetMs, traceparent: header, ...overrides }: StartOptions = {},
    origin: Origin = {},
  ): Promise<Execution> {
    const { random } = this.#home;
    const program = await this.#learning.prepared.read(source);
    const checkedInputs = readInputs(program, inputs);
    const options = readOptions(overrides);
    const wanted = readFlag('compile', compile) ? await compiled(program) : program;
    const tuned = await this.#learning.tunings.tuned(wanted);
    const { weights } = tuned;
    const { prepared, schedules } = this.#learning;
    const budgetMs = readSearchBudget(searchBudgetMs);
    const known = prepared.plan(tuned.program, { ...(weights !== undefined && { weights }) });
    const schedule = schedules.find(known, weights !== undefined, options, budgetMs);
    const traceparent = readTraceparent(header);
    const more = {
      ...{ options, ...origin },
      ...(weights !== undefined && { weights }),
      ...(schedule !== undefined && { schedule }),
      ...(traceparent !== undefined && { traceparent }),
    };
    return this.beginChecked(executionId ?? random.id('ex'), tuned.program, checkedInputs, more);
  }

  async beginChecked(executionId: string, program: Program, inputs: Value, more: Beginning): Promise<Execution> {
    const lease = await this.#custody.hold(executionId);
    try {
      const header = this.#headerOf(executionId, program);
      return await this.#begin(header, inputs, lease, await this.#createClaimed(header, inputs), more);
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  /** Makes room for an execution, with its lease in hand: until its start is durable, it is one that never began. */
  async create(executionId: string, program: Program): Promise<ExecutionHeader> {
    const header = this.#headerOf(executionId, program);
    await this.#home.journal.create(header);
    return header;
  }

  /** Lets what was created begin. The lease is the caller's until then, and to be given back by it when this fails. */
  async beginCreated(header: ExecutionHeader, inputs: Value, lease: Lease, more: Beginning): Promise<Execution> {
    return this.#begin(header, inputs, lease, await this.#home.journal.claim(header.executionId), more);
  }

  #headerOf(executionId: string, program: Program): ExecutionHeader {
    return {
      executionId,
      programName: program.name,
      programDigest: this.#learning.prepared.digest(program),
      program,
      createdAtMs: this.#home.clock.now(),
    };
  }

  /** @returns its epoch */
  async #createClaimed(header: ExecutionHeader, inputs: Value): Promise<number> {
    const { journal } = this.#home;
    // Inputs that are stored by themselves are those of an execution that is there, whoever erases it.
    if (journal.begin === undefined || estimateBytes(inputs) > journal.inlineBytesMax) {
      await journal.create(header);
      return journal.claim(header.executionId);
    }
    await journal.begin(header);
    return 1;
  }

  async #begin(
    header: ExecutionHeader,
    inputs: Value,
    lease: Lease,
    epoch: number,
    more: Beginning,
  ): Promise<Execution> {
    const { artifacts, journal, random } = this.#home;
    const { executionId, program } = header;
    const plan = this.#learning.prepared.plan(program, more);
    const started: ExecutionStarted = {
      type: 'ExecutionStarted',
      executionId,
      programDigest: header.programDigest,
      inputs: await new Values(executionId, artifacts, journal.inlineBytesMax).put(inputs),
      seed: random.seed(),
      ...more,
    };
    const execution = freshExecution(this.#home, header, plan, started);
    const begun = execution.until((fact) => fact.type === 'EXECUTION_STARTED');
    this.#custody.drive(execution, lease, epoch, started, this.#acquired(epoch, execution.plan));
    await begun;
    return execution;
  }

  /** Loads an execution, and drives it on from where it was unless it has ended. @throws NOT_FOUND, LEASE_UNAVAILABLE */
  async open(executionId: string): Promise<Execution> {
    const known = this.#custody.find(executionId);
    if (known !== undefined && (known.driven || isTerminal(known.status))) return known;
    const lease = await this.#custody.hold(executionId);
    try {
      const execution = await storedExecution(this.#home, executionId);
      if (execution === undefined) return await this.#unbegun(executionId, lease);
      if (isTerminal(execution.status)) {
        lease.release();
        this.#custody.keep(execution);
        await execution.complete();
        this.#learning.history.note(execution);
        return execution;
      }
      const epoch = await this.#home.journal.claim(executionId);
      const resumed = execution.until((fact) => fact.type === 'RECOVERY_INITIATED' || isEnd(fact));
      this.#custody.drive(execution, lease, epoch, this.#acquired(epoch, execution.plan));
      await resumed;
      return execution;
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  /** Opens every unfinished execution that no other host drives; one that is damaged keeps no other from going on. */
  async recover(): Promise<readonly Execution[]> {
    const opened: Execution[] = [];
    for (const { executionId } of await unfinished(this.#home.journal)) {
      if (this.#custody.find(executionId)?.driven) continue;
      try {
        opened.push(await this.open(executionId));
      } catch (thrown) {
        if (!isHeddleError(thrown)) throw thrown;
        if (thrown.code === 'CORRUPT') this.#tellDamaged(executionId, thrown);
        // Another host drives it, or it never began: neither is ours to resume.
        else if (thrown.code !== 'LEASE_UNAVAILABLE' && thrown.code !== 'NOT_FOUND') throw thrown;
      }
    }
    this.#learning.history.run(() => recordMissed(this.#home, this.#learning.history));
    return opened;
  }

  /** Whoever opens it is told, too. */
  #tellDamaged(executionId: string, { code, message: error }: HeddleError): void {
    const { clock, log } = this.#home;
    tell(log, { level: 'ERROR', message: 'recovery', executionId, atMs: clock.now(), fields: { code, error } });
  }

  /** From the store. @throws NOT_FOUND */
  async load(executionId: string): Promise<Execution> {
    const execution = await storedExecution(this.#home, executionId);
    if (execution !== undefined) return execution;
    throw notFound(executionId);
  }

  /**
   * It may have been created without its start ever being acknowledged: with the lease in hand, nobody else is about to begin it.
   * @throws NOT_FOUND when it is not to begin
   */
  async #unbegun(executionId: string, lease: Lease): Promise<Execution> {
    const header = await this.#home.journal.header(executionId);
    const begun = header === undefined ? undefined : await this.#options.unbegun(header, lease);
    if (begun !== undefined) return begun;
    await this.#home.journal.delete(executionId);
    throw notFound(executionId);
  }

  #acquired(epoch: number, plan: Plan): LeaseAcquired {
    const recovers = this.#options.recovers();
    return {
      type: 'LeaseAcquired',
      epoch,
      slots: slotsFor(this.#home.runner, plan),
      ...(recovers.length > 0 && { recovers }),
    };
  }

  /** The program of that name on this host. @throws NOT_FOUND */
  async programNamed(name: string): Promise<ProgramSource> {
    const source = await this.#home.programs?.(name);
    if (source !== undefined) return source;
    throw new HeddleError({
      code: 'NOT_FOUND',
      message: `no program ${name} is known to this host`,
      hint: 'give it to the engine under `programs`',
      retryable: false,
    });
  }
}

/** Its script is loaded by those who ask for it. */
async function compiled(program: Program): Promise<Program> {
  const { compileProgram } = await import('../../program/compile.ts');
  return compileProgram(program).program;
}
