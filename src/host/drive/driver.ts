import type { Command, PublishedFact } from '../../engine/command.ts';
import type { Event, JournalEntry } from '../../engine/event.ts';
import { checkInvariants } from '../../engine/invariants.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { type ErrorData, isHeddleError, toErrorData } from '../../errors.ts';
import { type ExecutionStatus, statusOf } from '../../observe/status.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import { after, isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { ModuleRunner } from '../../ports/module-runner.ts';
import type { Bindings } from '../values/bindings.ts';
import type { Values } from '../values/values.ts';
import type { LiveNote } from '../view/live-note.ts';
import { coalesce } from './coalesce.ts';
import type { SavedFigures } from './figures.ts';
import { Orders } from './orders.ts';
import type { Services } from './services.ts';
import { tasksIn } from './state-size.ts';
import { type Delivery, Turn } from './turn.ts';

export interface DriverOptions {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly epoch: number;
  readonly bindings: Bindings;
  readonly values: Values;
  readonly journal: JournalStore;
  readonly clock: Clock;
  readonly runner: ModuleRunner;
  readonly services: Services;
  readonly watcher: DriverWatcher;
  /** What is saved with the state; given the facts of this turn, which are durable and not yet told. */
  readonly figures: (facts: readonly PublishedFact[]) => SavedFigures | undefined;
}

export interface DriverWatcher {
  /** Facts that are now durable, in order. */
  published(facts: readonly PublishedFact[]): void;
  noted(note: LiveNote): void;
  /** The driver has stopped before the end (store failed, fenced): all that was published is saved, the rest is not. */
  halted(error: ErrorData): void;
  /** The state contradicted itself. The end, FAILED, is recorded after what was durable; the state is worth nothing any more. */
  broken(error: ErrorData): void;
}

/** Events stored in one commit at the most. */
const eventsPerCommitMax = 512;
/** Full self-checks in production: at the first event, then every so many, and less often the more there is to check. */
const checkEveryEvents = 256;
const checkTasksPerEvent = 1;

/**
 * The one loop of an execution. A turn takes every event that has come, applies them, answers what the machine asks of values
 * thereby, commits all of it, and only when the commit is durable carries out what the machine ordered. Should the commit fail,
 * the state in memory is worthless: the driver halts, and whoever takes the execution next starts from the journal.
 *
 * With a synchronous store a turn has no `await`, so at the edge its writes are one atomic commit.
 */
export class ExecutionDriver {
  readonly #options: DriverOptions;
  readonly #orders: Orders;
  #inbox: Delivery[] = [];
  /** A turn is scheduled or under way. */
  #busy = false;
  #stopped = false;
  #committedSeq: number;
  #checkAtSeq = 0;
  #told: readonly PublishedFact[] = [];
  /** As of the last commit: what may be shown, because it cannot be lost. */
  #status: ExecutionStatus;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#committedSeq = options.state.seq;
    this.#status = statusOf(options.state);
    this.#orders = new Orders({
      ...options,
      deliver: (event, checkpoint) => this.#enqueue({ event, ...(checkpoint !== undefined && { checkpoint }) }),
      noted: (note) => options.watcher.noted(note),
      figures: () => options.figures(this.#told),
      failed: (thrown) => this.#halt(toErrorData(thrown, 'STORAGE_FAILED')),
    });
  }

  get status(): ExecutionStatus {
    return this.#status;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Takes events; they are stored and acted upon in the next turn, together with all others that come before it. */
  deliver(...events: readonly Event[]): void {
    for (const event of events) this.#enqueue({ event });
  }

  /** Stops at once and leaves the execution to whoever claims it next. */
  stop(reason: ErrorData): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#orders.stop(reason);
  }

  #enqueue(delivery: Delivery): void {
    if (this.#stopped) return;
    this.#inbox.push(delivery);
    if (this.#busy) return;
    this.#busy = true;
    // A microtask later, so that everything that comes in the same breath shares one commit.
    queueMicrotask(() => this.#turns());
  }

  #turns(): void {
    while (this.#inbox.length > 0 && !this.#stopped) {
      const turn = this.#guarded(() => this.#turn());
      if (isPromise(turn)) {
        turn.then(() => this.#turns());
        return;
      }
    }
    this.#busy = false;
  }

  #turn(): MaybePromise<void> {
    const { plan, state, clock } = this.#options;
    const turn = new Turn(plan, state, clock.now());
    const { entries } = turn;
    while (this.#inbox.length > 0 && entries.length < eventsPerCommitMax) {
      const batch = this.#takeBatch(eventsPerCommitMax - entries.length);
      for (let at = 0; at < batch.length; at++) {
        turn.take(batch[at] as Delivery);
        if (state.seq >= this.#checkAtSeq) this.#check(state.seq);
      }
      // What can be answered at once is in the inbox then, and shares the commit.
      for (let asked = turn.nextQuestion(); asked !== undefined; asked = turn.nextQuestion())
        this.#orders.answer(asked);
    }
    if (entries.length === 0) return;
    const committed = this.#commit(turn);
    if (isPromise(committed)) return committed.then(() => this.#carryOut(turn.orders));
    return this.#carryOut(turn.orders);
  }

  #takeBatch(eventsMax: number): readonly Delivery[] {
    if (this.#inbox.length > eventsMax) return this.#inbox.splice(0, eventsMax);
    const batch = this.#inbox;
    this.#inbox = [];
    return batch;
  }

  #carryOut(commands: readonly Command[]): void {
    if (!this.#stopped) this.#execute(commands.length > 1 ? coalesce(commands) : commands);
  }

  /** A check looks at every task: spaced by their number, checking costs the same an event however large the program is. */
  #check(seq: number): void {
    const { plan, state } = this.#options;
    checkInvariants(plan, state);
    this.#checkAtSeq = seq + Math.max(checkEveryEvents, Math.ceil(tasksIn(state) / checkTasksPerEvent));
  }

  #commit({ entries, atMs, checkpoint }: Turn): MaybePromise<void> {
    const { journal, state, epoch } = this.#options;
    const { executionId } = state;
    const status = statusOf(state);
    const commit = { executionId, epoch, entries, status, atMs };
    return after(journal.commit(checkpoint === undefined ? commit : { ...commit, checkpoint }), () => {
      this.#committedSeq = entries.at(-1)?.seq ?? this.#committedSeq;
      this.#status = status;
    });
  }

  #execute(commands: readonly Command[]): void {
    const facts: PublishedFact[] = [];
    for (let at = 0; at < commands.length; at++) {
      const command = commands[at] as Command;
      if (command.type === 'Publish') facts.push(command.fact);
    }
    this.#told = facts;
    for (let at = 0; at < commands.length; at++) {
      const command = commands[at] as Command;
      if (command.type !== 'Publish') this.#orders.carryOut(command);
    }
    this.#orders.turnEnded();
    this.#told = [];
    if (facts.length > 0) this.#options.watcher.published(facts);
  }

  /** Runs a turn; whatever it throws ends the execution (our own fault) or the driver (the store's). */
  #guarded(turn: () => MaybePromise<void>): MaybePromise<void> {
    try {
      const done = turn();
      return isPromise(done) ? done.catch((thrown) => this.#failed(thrown)) : done;
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): MaybePromise<void> {
    const error = toErrorData(thrown, 'STORAGE_FAILED');
    const ownFault = isHeddleError(thrown) && (thrown.code === 'INVARIANT' || thrown.code === 'ILLEGAL_TRANSITION');
    if (!ownFault) return this.#halt(error);
    // The state contradicts itself. Nothing of this turn is kept; the end is recorded after what is durable.
    const { journal, state, epoch, clock } = this.#options;
    const atMs = clock.now();
    const entry: JournalEntry = {
      type: 'ExecutionFinished',
      status: 'FAILED',
      error,
      seq: this.#committedSeq + 1,
      atMs,
    };
    const commit = { executionId: state.executionId, epoch, entries: [entry], status: 'FAILED' as const, atMs };
    try {
      return after(journal.commit(commit), () => {
        if (this.#stopped) return;
        this.stop(error);
        this.#options.watcher.broken(error);
      });
    } catch (failure) {
      return this.#halt(toErrorData(failure, 'STORAGE_FAILED'));
    }
  }

  #halt(error: ErrorData): void {
    if (this.#stopped) return;
    this.stop(error);
    this.#options.watcher.halted(error);
  }
}
