import type { PublishedFact } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import { type ErrorData, HeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Lease } from '../../ports/lease.ts';
import { limits } from '../../program/limits.ts';
import type { Home } from '../home.ts';
import { Recent } from '../recent.ts';
import { notFound } from '../refusals.ts';
import { Bindings } from '../values/bindings.ts';
import type { CompiledTemplates } from '../values/evaluator.ts';
import { storedExecution } from './boot.ts';
import { ExecutionDriver } from './driver.ts';
import { type Execution, isEnd } from './execution.ts';
import type { Services } from './services.ts';

/** Who is told what becomes of the executions a host drives; it must not throw. */
export interface CustodyWatcher {
  /** Facts that are durable. */
  published(execution: Execution, facts: readonly PublishedFact[]): void;
  /** Its end is durable. */
  ended(execution: Execution): void;
  /** The host stops driving it before its end. */
  halted(execution: Execution, reason: ErrorData): void;
}

/** Which executions this host has, which of them it drives, and under which leases. */
export class Custody {
  readonly #home: Home;
  readonly #executions = new Map<string, Execution>();
  readonly #driven = new Map<string, { readonly driver: ExecutionDriver; readonly lease: Lease }>();

  readonly #recent = new Recent(limits.endedAtHandMax);
  readonly #templates = new WeakMap<Plan, CompiledTemplates>();
  readonly #services: Services;
  readonly #watcher: CustodyWatcher;

  constructor(home: Home, services: Services, watcher: CustodyWatcher) {
    this.#home = home;
    this.#services = services;
    this.#watcher = watcher;
  }

  /** Those this host drives now. */
  driven(): readonly Execution[] {
    return [...this.#driven.keys()].flatMap((executionId) => this.#executions.get(executionId) ?? []);
  }

  /** Whether it drives any. */
  get isDriving(): boolean {
    return this.#driven.size > 0;
  }

  find(executionId: string): Execution | undefined {
    return this.#executions.get(executionId);
  }

  /** @throws NOT_FOUND */
  get(executionId: string): Execution {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) throw notFound(executionId);
    return execution;
  }

  keep(execution: Execution): void {
    this.#executions.set(execution.id, execution);
    if (isTerminal(execution.status)) this.#noteEnded(execution.id);
  }

  forget(executionId: string): void {
    this.#executions.delete(executionId);
    this.#recent.forget(executionId);
  }

  /** Takes the lease without waiting: whoever holds it drives the execution. @throws LEASE_UNAVAILABLE */
  async hold(executionId: string): Promise<Lease> {
    const error = { code: 'FENCED', message: `another host has taken execution ${executionId} over` };
    const lease = await this.#home.leases.hold(executionId, {
      ifAvailable: true,
      lost: () => this.letGo(executionId, error),
    });
    if (lease !== undefined) return lease;
    throw new HeddleError({
      code: 'LEASE_UNAVAILABLE',
      message: `another host is driving execution ${executionId}`,
      hint: 'wait until it ends or lets go',
      retryable: true,
    });
  }

  /** Begins to drive: from here on the lease is given back at the end, or when the driver stops. */
  drive(execution: Execution, lease: Lease, epoch: number, ...first: readonly Event[]): void {
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
      bindings: new Bindings(plan, values, this.#templatesOf(plan)),
      services: this.#services,
      figures: (facts) => execution.figuresWith(facts),
      watcher: {
        published: (facts) => this.#published(execution, facts),
        noted: (note) => execution.feed.note(note, clock.now()),
        halted: (error) => this.letGo(execution.id, error),
        broken: (error) => void this.#broken(execution, error),
      },
    });
    this.#driven.set(execution.id, { driver, lease });
    this.keep(execution);
    execution.drive(driver);
    driver.deliver(...first);
  }

  #templatesOf(plan: Plan): CompiledTemplates {
    const templates: CompiledTemplates = this.#templates.get(plan) ?? new Map();
    this.#templates.set(plan, templates);
    return templates;
  }

  /** Stops driving without ending anything: the execution is there for whoever takes it next. */
  letGo(executionId: string, reason: ErrorData): void {
    const execution = this.#executions.get(executionId);
    if (execution !== undefined && this.#driven.has(executionId)) this.#watcher.halted(execution, reason);
    this.#stop(executionId, reason);
    execution?.halt(reason);
  }

  letAllGo(reason: ErrorData): void {
    for (const executionId of [...this.#driven.keys()]) this.letGo(executionId, reason);
  }

  #published(execution: Execution, facts: readonly PublishedFact[]): void {
    execution.feed.publish(facts);
    this.#watcher.published(execution, facts);
    if (facts.some(isEnd)) this.#ended(execution);
  }

  /** An error of the engine itself is a result like any other: the execution is from now on what its journal tells. */
  async #broken(execution: Execution, error: ErrorData): Promise<void> {
    try {
      const stored = await storedExecution(this.#home, execution.id);
      if (stored === undefined) return this.letGo(execution.id, error);
      const told = execution.feed.facts.at(-1)?.id ?? execution.feed.lastIdBefore;
      const facts = await stored.facts();
      execution.replace(stored.state);
      this.#published(
        execution,
        facts.filter(({ id }) => id > told),
      );
    } catch {
      this.letGo(execution.id, error);
    }
  }

  #ended(execution: Execution): void {
    this.#stop(execution.id, { code: 'ABORTED', message: 'the execution has ended' });
    execution.feed.end();
    this.#noteEnded(execution.id);
    // Put together at once, so that getResult has it; a failure to read it back is told to whoever asks for it.
    execution.complete().catch(() => undefined);
    this.#watcher.ended(execution);
  }

  /** What has ended is in the store: only so much of it is kept here too. */
  #noteEnded(executionId: string): void {
    const oldest = this.#recent.note(executionId);
    if (oldest !== undefined && this.#executions.get(oldest)?.driven !== true) this.#executions.delete(oldest);
  }

  #stop(executionId: string, reason: ErrorData): void {
    const driven = this.#driven.get(executionId);
    this.#driven.delete(executionId);
    driven?.driver.stop(reason);
    driven?.lease.release();
  }
}
