import { MemoryArtifactStore } from '../../src/adapters/memory/artifact-store.ts';
import { MemoryJournalStore } from '../../src/adapters/memory/journal-store.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { MemoryRecordStore } from '../../src/adapters/memory/record-store.ts';
import { apply } from '../../src/engine/apply.ts';
import { initialState, loadState, saveState } from '../../src/engine/checkpoint.ts';
import type { StartAttempt } from '../../src/engine/command.ts';
import type { JournalEntry } from '../../src/engine/event.ts';
import { checkInvariants } from '../../src/engine/invariants.ts';
import { outstanding } from '../../src/engine/outstanding.ts';
import type { ExecutionState } from '../../src/engine/state.ts';
import { findTask } from '../../src/engine/step.ts';
import { isHeddleError } from '../../src/errors.ts';
import { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import { decodeCheckpoint } from '../../src/host/drive/boot.ts';
import type { ExecutionHandle } from '../../src/host/execution-engine.ts';
import { ResourceManager } from '../../src/host/gates/resource-manager.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { taskIdOf } from '../../src/host/task-names.ts';
import type { ExecutionResult } from '../../src/host/view/execution-view.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { isTerminal, statusOf } from '../../src/observe/status.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Commit } from '../../src/ports/journal-store.ts';
import type { ModuleCall } from '../../src/ports/module-runner.ts';
import { canonicalText } from '../../src/program/canonical-text.ts';
import type { Program } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { expectedEnds, expectedResult, failsAsAWhole } from '../reference/outcome-oracle.ts';
import { isJudgeable, randomInputs, randomProgram } from './random-program.ts';
import { SimClock, Timeline } from './sim-clock.ts';
import { isFallback, SimRunner } from './sim-runner.ts';
import { simStore } from './sim-store.ts';
import { strategyOf } from './sim-strategy.ts';

/** How hostile the world is. */
export interface Faults {
  readonly crashes: number;
  readonly storageErrors: boolean;
  readonly pauses: boolean;
  readonly cancels: boolean;
  readonly oddWakeUps: boolean;
  /** The host has a recovery strategy. */
  readonly strategies: boolean;
  /** The execution is forked when it has ended. */
  readonly forks: boolean;
}

export interface Outcome {
  readonly program: Program;
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly journal: readonly JournalEntry[];
  readonly cancelled: boolean;
  readonly crashes: number;
  readonly steps: number;
}

const executionId = 'ex_simulated';
const forkId = 'ex_forked';
const stepsMax = 20_000;

/** A violation of a law, with everything needed to see it again. */
export class LawBroken extends Error {}

/** One host process: alive until it crashes, and nothing it left behind is heard afterwards. */
interface Incarnation {
  alive: boolean;
  readonly engine: DefaultExecutionEngine;
  handle: ExecutionHandle | null;
  /** Calls its runner has under way, by task. */
  readonly live: Map<string, ModuleCall>;
  /** Slow commits under way. */
  commits: number;
}

/**
 * The seeded world: the real engine, host and program layer on a simulated clock, store and runner. Everything that
 * happens follows from the seed. The laws are checked at every commit, at every start of a module and whenever the host
 * has come to rest.
 */
export class World {
  readonly random: SeededRandom;
  readonly program: Program;
  readonly #seed: number;
  readonly #faults: Faults;
  readonly #inputs: Value;
  readonly #timeline = new Timeline();
  readonly #artifacts = new MemoryArtifactStore();
  readonly #store = new MemoryJournalStore(this.#artifacts);
  readonly #records = new MemoryRecordStore();
  /** The fold of what is durable, kept beside the host to hold it to its word. */
  readonly #plan: Plan;
  #shadow: ExecutionState | null = null;
  #host: Incarnation | null = null;
  #crashes = 0;
  #cancelled = false;
  #resumes = 0;
  /** What the fork takes over, and what it may run, once there is one. */
  #forked: { readonly succeeded: ReadonlySet<number>; readonly cone: ReadonlySet<number> } | null = null;
  #failure: Error | null = null;

  constructor(seed: number, faults: Faults) {
    this.#seed = seed;
    this.#faults = faults;
    this.random = new SeededRandom(seed);
    this.program = randomProgram(this.random);
    this.#inputs = randomInputs(this.random) as unknown as Value;
    this.#plan = createPlan(this.program, createJsKernel());
  }

  /** Runs to the end. @throws LawBroken */
  async run(): Promise<Outcome> {
    await this.#boot();
    let steps = 0;
    while (!this.#ended()) {
      if (++steps > stepsMax) throw this.#broken(`no end after ${stepsMax} steps`);
      if (this.random.chance(0.08)) await this.#meddle();
      if (!this.#timeline.step()) await this.#atRest();
      await drained();
      this.#rethrow();
      this.#checkHost();
    }
    await drained();
    this.#rethrow();
    const outcome = this.#outcome(steps);
    if (this.#faults.forks) await this.#fork(outcome.state);
    return outcome;
  }

  /** Law: a fork with the same inputs comes to the same end, and starts nothing that does not depend on where it began. */
  async #fork({ finished, tasks }: ExecutionState): Promise<void> {
    const host = this.#host;
    if (host === null || !host.alive || host.handle === null) return;
    const from = this.random.pick(this.#plan.nodes);
    const cone = new Set([from.index]);
    for (const index of this.#plan.order)
      if (this.#plan.dependencies[index]?.some((dependency) => cone.has(dependency))) cone.add(index);
    this.#forked = {
      succeeded: new Set(tasks.filter(({ status }) => status === 'succeeded').map(({ node }) => node)),
      cone,
    };
    this.#shadow = null;
    const forking = host.engine.fork(executionId, { from: from.id, executionId: forkId });
    const ended = forking.then((handle) => handle.result());
    let result: ExecutionResult | null = null;
    ended.then(
      (given) => {
        result = given;
      },
      (thrown) => {
        this.#failure ??= thrown;
      },
    );
    await drained();
    for (let steps = 0; result === null; steps++) {
      if (steps > stepsMax) throw this.#broken('the fork has no end');
      if (!this.#timeline.step() && !(await this.#sendSignal(forkId))) {
        const paused = host.engine.getStatus(forkId) === 'PAUSED';
        if (!paused) throw this.#broken('liveness: nothing is scheduled and the fork has not ended');
        host.engine.cancel(forkId).catch(() => undefined);
      }
      await drained();
      this.#rethrow();
    }
    const { status, result: given } = result as ExecutionResult;
    const judged = !this.#cancelled && isJudgeable(this.program) && this.program.limits?.timeoutMs === undefined;
    if (!judged || finished?.status !== 'COMPLETED' || this.#faults.strategies || this.#faults.oddWakeUps) return;
    const before = finished.result !== undefined && 'value' in finished.result ? finished.result.value : null;
    if (status !== 'COMPLETED' || JSON.stringify(given) !== JSON.stringify(before))
      throw this.#broken(
        `the fork from ${from.id} ${status} with ${JSON.stringify(given)}, not ${JSON.stringify(before)}`,
      );
  }

  #ended(): boolean {
    return this.#shadow !== null && isTerminal(statusOf(this.#shadow));
  }

  /** Nothing is scheduled any more: fine if somebody paused it, otherwise it will sleep for ever. */
  async #atRest(): Promise<void> {
    const status = this.#host?.handle?.status;
    if (this.#host === null || !this.#host.alive) return this.#boot();
    if (status === 'PAUSED') return this.#resumeOrGiveUp();
    if (await this.#sendSignal()) return;
    if (!this.#ended()) throw this.#broken('liveness: nothing is scheduled and the execution has not ended');
  }

  /** A program that pauses when it fails is resumed a few times, and then somebody gives up. */
  async #resumeOrGiveUp(): Promise<void> {
    if (++this.#resumes < 4) return this.#request((engine) => engine.resume(executionId));
    this.#cancelled = true;
    return this.#request((engine) => engine.cancel(executionId));
  }

  /** Somebody sends what a task waits for. @returns whether any does */
  async #sendSignal(to = executionId): Promise<boolean> {
    const events = [...(this.#shadow?.derived.awaiting ?? [])].flatMap(({ event }) => event ?? []);
    const wanted = events.filter((event) => event !== 'never').sort();
    if (wanted.length === 0) return false;
    const event = this.random.pick(wanted);
    await this.#request((engine) => engine.signal(to, event, event));
    return true;
  }

  async #meddle(): Promise<void> {
    const what = this.random.int(0, 10);
    if (what < 4 && this.#crashes < this.#faults.crashes) this.#crash();
    else if (what < 7 && this.#faults.pauses) {
      const paused = this.#host?.handle?.status === 'PAUSED';
      await this.#request((engine) => (paused ? engine.resume(executionId) : engine.pause(executionId)));
    } else if (what === 7 && this.#faults.cancels && this.random.chance(0.3)) {
      this.#cancelled = true;
      const graceMs = this.random.chance(0.5) ? this.random.int(1, 60) : 0;
      await this.#request((engine) => engine.cancel(executionId, 'enough', { graceMs }));
    } else if (what === 10) await this.#sendSignal();
    else if (what === 8) await this.#request((engine) => engine.createCheckpoint(executionId));
    else if (what === 9 && this.#faults.oddWakeUps) this.#timeline.skew = this.random.int(-5000, 5000);
  }

  /** Asks without waiting: the answer may only come when time goes on. Refusals are fine, anything else is not. */
  async #request(ask: (engine: DefaultExecutionEngine) => Promise<unknown>): Promise<void> {
    const host = this.#host;
    if (host === null || !host.alive || host.handle === null) return;
    ask(host.engine).catch((thrown) => {
      const expected =
        isHeddleError(thrown) &&
        ['NOT_ALLOWED', 'ABORTED', 'STORAGE_FAILED', 'FENCED', 'NOT_FOUND'].includes(thrown.code);
      if (!expected) this.#failure ??= thrown;
    });
    await drained();
  }

  #crash(): void {
    const host = this.#host;
    if (host === null || !host.alive) return;
    this.#crashes++;
    this.#host = null;
    // A frozen host has been given up but does not know it: it goes on later, and must not do any harm.
    if (!this.random.chance(0.3)) host.alive = false;
    this.#timeline.after(this.random.int(0, 500), () => {
      this.#boot().catch((thrown) => {
        this.#failure ??= thrown;
      });
    });
  }

  async #boot(): Promise<void> {
    if (this.#host?.alive) return;
    const host = this.#incarnate();
    this.#host = host;
    const opening =
      this.#store.header(executionId) === undefined || this.#shadow === null
        ? host.engine.start(this.program, this.#inputs, { executionId })
        : host.engine.open(executionId);
    opening.then(
      (handle) => {
        host.handle = handle;
        handle.result().catch((thrown) => this.#halted(host, thrown));
      },
      (thrown) => this.#halted(host, thrown),
    );
    await drained();
  }

  /** The driver gave up because of the store: that is as good as a crash, and someone boots the next host. */
  #halted(host: Incarnation, thrown: unknown): void {
    if (!host.alive || this.#host !== host) return;
    const expected = isHeddleError(thrown) && thrown.code === 'STORAGE_FAILED' && this.#faults.storageErrors;
    if (!expected) this.#failure ??= thrown as Error;
    host.alive = false;
    this.#timeline.after(10, () => {
      this.#boot().catch((failure) => {
        this.#failure ??= failure;
      });
    });
  }

  #incarnate(): Incarnation {
    const alive = (): boolean => host.alive;
    const { random } = this;
    const synchronous = random.chance(0.5);
    const slots = random.int(1, 8);
    if (this.#shadow === null) this.#store.delete(executionId);
    const clock = new SimClock(this.#timeline, alive, () => this.#wakeDelays());
    const engine = new DefaultExecutionEngine({
      resources: new ResourceManager({ capacity: { cpu_cores: 5, memory_mb: 150 }, clock }),
      kernel: createJsKernel(),
      modules: new ModuleRegistry(
        ['sim.work', 'sim.pure', 'sim.batch'].map((name) => ({ name, version: '1', run: () => null })),
      ),
      journal: simStore({
        store: this.#store,
        timeline: this.#timeline,
        alive,
        commitMs: synchronous ? null : () => random.int(0, 5),
        fails: () =>
          this.#faults.storageErrors && this.#forked === null && this.#shadow !== null && random.chance(0.01),
        inFlight: (change) => {
          host.commits += change;
        },
        landsAnyway: () => random.chance(0.5),
        committed: (commit) => this.#committed(commit),
      }),
      artifacts: this.#artifacts,
      records: this.#records,
      clock,
      random: { id: (prefix) => `${prefix}_${random.int(0, 2 ** 40)}`, seed: () => this.#seed },
      leases: new LocalLeaseKeeper(),
      runner: new SimRunner({
        seed: this.#seed,
        slots,
        timeline: this.#timeline,
        alive,
        failuresBefore: (call) => this.#failuresBefore(call),
        started: (call) => this.#started(host, call),
        ended: (call) => {
          if (host.live.get(call.taskId) === call) host.live.delete(call.taskId);
        },
        answersLate: () => random.chance(0.3),
      }),
    });
    if (this.#faults.strategies) engine.addRecoveryStrategy(strategyOf(this.#seed));
    const host: Incarnation = { alive: true, engine, handle: null, live: new Map(), commits: 0 };
    return host;
  }

  #wakeDelays(): readonly number[] {
    if (!this.#faults.oddWakeUps || this.random.chance(0.7)) return [0];
    // A lost wake-up is one that only the host's next look at what is unfinished makes up for.
    return this.random.pick([[this.random.int(1, 400)], [0, 3], [-20], [10_000]]);
  }

  /** Law: what is durable folds without a gap, and every state on the way is sound. */
  #committed(commit: Commit): void {
    if (commit.executionId !== (this.#forked === null ? executionId : forkId)) return;
    for (const entry of commit.entries) {
      if (this.#shadow === null) {
        if (entry.type !== 'ExecutionStarted') throw this.#broken(`the journal begins with ${entry.type}`);
        this.#shadow = initialState(this.#plan, entry);
      }
      apply(this.#plan, this.#shadow, entry);
      checkInvariants(this.#plan, this.#shadow);
    }
  }

  /** Law: intent is durable before an effect, results before dependents; one live attempt a task. */
  #started(host: Incarnation, call: ModuleCall): void {
    if (call.executionId === forkId) this.#startedInFork(call);
    if (call.executionId !== executionId) return;
    // A frozen host that waited for an equal call computes it when the claim runs out: what may be cached does no harm,
    // the claim is its own, and its answer is fenced.
    if (host !== this.#host && call.module === 'sim.pure') return;
    const task = this.#shadowTask(call);
    if (task?.status !== 'running' || task.attempt !== call.attempt) {
      this.#failure ??= this.#broken(
        `intent: attempt ${call.attempt} of ${call.taskId} starts, but the journal has it ${task?.status} at attempt ${task?.attempt}`,
      );
    }
    const other = host.live.get(call.taskId);
    if (other !== undefined)
      this.#failure ??= this.#broken(
        `double start: attempts ${other.attempt} and ${call.attempt} of ${call.taskId} run at once`,
      );
    host.live.set(call.taskId, call);
  }

  #startedInFork({ taskId }: ModuleCall): void {
    const index = this.#plan.indexOf.get(taskId.replace(/\[\d+\]$/, ''));
    if (index === undefined || this.#forked === null) return;
    if (this.#forked.succeeded.has(index) && !this.#forked.cone.has(index))
      this.#failure ??= this.#broken(`the fork runs ${taskId} again`);
  }

  #failuresBefore(call: ModuleCall): number {
    const task = this.#shadowTask(call);
    return task === undefined ? 0 : task.attempt - task.uncounted - 1;
  }

  #shadowTask(call: ModuleCall) {
    if (this.#shadow === null || call.executionId !== this.#shadow.executionId) return undefined;
    const undone = /^compensate\((.*)\)$/.exec(call.taskId);
    if (undone !== null) return findTask(this.#plan, this.#shadow, { node: undone[1] ?? '', undo: true });
    const item = /^(.*)\[(\d+)\]$/.exec(call.taskId);
    const ref = item === null ? { node: call.taskId } : { node: item[1] ?? '', item: Number(item[2]) };
    return findTask(this.#plan, this.#shadow, ref);
  }

  /** Law: what the host has under way is what the state says is outstanding, once the host has come to rest. */
  #checkHost(): void {
    const host = this.#host;
    if (host === null || !host.alive || host.handle === null || this.#shadow === null || host.commits > 0) return;
    const due = outstanding(this.#plan, this.#shadow)
      .flatMap((command) =>
        command.type === 'StartAttempt' && this.#isCall(command) ? [`${taskIdOf(command)}#${command.attempt}`] : [],
      )
      .sort();
    const running = [...host.live.values()]
      .filter(
        (call) => this.program.nodes[call.taskId.replace(/\[\d+\]$/, '')]?.cache === undefined || isFallback(call),
      )
      .map((call) => `${call.taskId}#${call.attempt}`)
      .sort();
    if (due.join() !== running.join())
      throw this.#broken(`losslessness: outstanding are ${due.join()}, under way are ${running.join()}`);
  }

  /** Whether a module is called: not for a fallback value, a sub-program, or a result that may be taken from the cache. */
  #isCall({ node, fallback, undo }: StartAttempt): boolean {
    const spec = this.program.nodes[node];
    if (undo) return true;
    if (fallback) return spec?.fallback === undefined || !('value' in spec.fallback);
    return spec?.program === undefined && spec?.cache === undefined;
  }

  #rethrow(): void {
    if (this.#failure !== null)
      throw this.#failure instanceof LawBroken
        ? this.#failure
        : this.#broken(String(this.#failure.stack ?? this.#failure));
  }

  /** Law: determinism. The journal, replayed, gives the same state; so does any checkpoint with what follows it. */
  #outcome(steps: number): Outcome {
    const state = this.#shadow as ExecutionState;
    const journal = this.#store.read(executionId, 0);
    const first = journal[0] as Extract<JournalEntry, { type: 'ExecutionStarted' }>;
    const replayed = initialState(this.#plan, first);
    for (const entry of journal) apply(this.#plan, replayed, entry);
    if (!isSameState(replayed, state)) throw this.#broken('determinism: the replayed journal gives another state');
    this.#checkCheckpoints(state, journal);
    this.#checkFencing(journal);
    if (!this.#faults.oddWakeUps && !this.#faults.strategies) this.#judge(state);
    return {
      program: this.program,
      plan: this.#plan,
      state,
      journal,
      cancelled: this.#cancelled,
      crashes: this.#crashes,
      steps,
    };
  }

  #checkCheckpoints(state: ExecutionState, journal: readonly JournalEntry[]): void {
    for (const { checkpointId } of this.#store.checkpoints(executionId)) {
      const stored = this.#store.checkpoint(checkpointId);
      if (stored === undefined) throw this.#broken(`checkpoint ${checkpointId} is listed and not there`);
      const resumed = loadState(this.#plan, decodeCheckpoint(stored));
      for (const entry of journal.slice(stored.seq)) apply(this.#plan, resumed, entry);
      if (!isSameState(resumed, state))
        throw this.#broken(`determinism: checkpoint ${checkpointId} and the rest give another state`);
    }
  }

  /** Law: fencing. An answer of an attempt or epoch that is not the current one changes nothing but what is told. */
  #checkFencing(journal: readonly JournalEntry[]): void {
    const answers = journal.filter((entry) => entry.type === 'AttemptSucceeded' || entry.type === 'AttemptFailed');
    const answer = answers.length === 0 ? undefined : this.random.pick(answers);
    if (answer === undefined) return;
    const until = this.random.int(1, journal.length);
    const state = initialState(this.#plan, journal[0] as Extract<JournalEntry, { type: 'ExecutionStarted' }>);
    for (const entry of journal.slice(0, until)) apply(this.#plan, state, entry);
    const stale = this.random.chance(0.5) ? { attempt: answer.attempt - 1 } : { epoch: answer.epoch - 1 };
    const current = findTask(this.#plan, state, answer);
    const isLive =
      current?.status === 'running' &&
      current.attempt === (stale.attempt ?? answer.attempt) &&
      current.epoch === (stale.epoch ?? answer.epoch);
    if (isLive) return;
    const before = JSON.stringify(saveState({ ...state, seq: 0, published: 0, checkpointsDue: [] }));
    const commands = apply(this.#plan, state, { ...answer, ...stale, seq: state.seq + 1, atMs: state.atMs });
    // A checkpoint falls due by the number of events, of which this is one.
    const acted = commands.filter((command) => command.type !== 'Publish' && command.type !== 'SaveCheckpoint');
    if (
      acted.length > 0 ||
      JSON.stringify(saveState({ ...state, seq: 0, published: 0, checkpointsDue: [] })) !== before
    ) {
      throw this.#broken(`fencing: a stale answer of ${answer.node} after event ${until} changed the state`);
    }
  }

  /** The result is what the oracle says, however often it crashed. Cancels and the execution's own timeout cut it short. */
  #judge({ finished }: ExecutionState): void {
    const ranOutOfTime = finished?.error?.code === 'TIMEOUT' && finished.error.details?.taskId === undefined;
    if (finished === null || this.#cancelled || ranOutOfTime || !isJudgeable(this.program)) return;
    const ends = expectedEnds(this.program, this.#seed, this.#inputs as never);
    const expected = failsAsAWhole(this.program, ends) ? 'FAILED' : 'COMPLETED';
    if (finished.status !== expected)
      throw this.#broken(
        `the execution ${finished.status}, it should have ${expected}: ${JSON.stringify(finished.error)}`,
      );
    if (finished.status !== 'COMPLETED' || finished.result === undefined || !('value' in finished.result)) return;
    const [told, right] = [finished.result.value, expectedResult(this.program, ends)].map((value) =>
      JSON.stringify(value),
    );
    if (told !== right) throw this.#broken(`the result is ${told}, it should be ${right}`);
  }

  #broken(what: string): LawBroken {
    return new LawBroken(`seed ${this.#seed}: ${what}\nprogram ${JSON.stringify(this.program)}`);
  }
}

/** Mostly the members stand in the same order too; sorting them is slow. */
function isSameState(a: ExecutionState, b: ExecutionState): boolean {
  const [savedA, savedB] = [saveState(a), saveState(b)];
  return JSON.stringify(savedA) === JSON.stringify(savedB) || canonicalText(savedA) === canonicalText(savedB);
}

/** Lets every microtask of the host run. */
export function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
