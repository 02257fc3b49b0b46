import { LocalLeaseKeeper } from '../adapters/memory/lease-keeper.ts';
import { openStores, type Stores } from '../adapters/node/open-stores.ts';
import { HeddleError } from '../errors.ts';
import { simulatedTask } from '../formats/wfformat-module.ts';
import { DefaultExecutionEngine } from '../host/default-execution-engine.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import { ModuleRegistry } from '../host/registry.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import { type ExecutionStatus, isTerminal } from '../observe/status.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { programDigest } from '../program/digest.ts';
import type { Program, Strategy } from '../program/program.ts';
import { endMsOf, SimulatedRunner, type SimulatedTask } from './simulated-runner.ts';
import { durationMsOf, skeletonOf, taskCount } from './skeleton.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SimulationOptions {
  readonly kernel: GraphKernel;
  readonly workers: number;
  /** In the unit of the report, by node index; 1 each when absent. */
  readonly durations?: Float64Array;
  readonly msPerUnit: number;
  readonly strategy?: Strategy;
  /** For how long a better order may be looked for before the start; the number of trials follows from it alone, as time stands still. */
  readonly searchBudgetMs?: number;
  /** Folder that keeps the state between calls. */
  readonly journal?: string;
  /** Tasks that may finish in this call. */
  readonly tasksMax?: number;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/** Times in the unit of the durations, from the beginning of the execution, also when an earlier call began it. */
export interface SimulationReport {
  /** RUNNING when it was stopped before the end. */
  readonly status: ExecutionStatus;
  /** When the last task finished. */
  readonly makespan: number;
  /** No schedule of the whole program on so many workers is shorter: the larger of critical path and total / workers. */
  readonly lowerBound: number;
  /** Tasks that finished in this call. */
  readonly tasksExecuted: number;
  /** By the time they ended. */
  readonly events: readonly SimulatedEvent[];
}

export interface SimulatedEvent {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** 0 to workers - 1. */
  readonly worker: number;
}

/**
 * Runs a program in virtual time, on the machine, scheduler and host of a real run. With a journal, an execution of the
 * same program on the same durations that was begun by an earlier call is gone on with.
 */
export async function simulate(program: Program, options: SimulationOptions): Promise<SimulationReport> {
  const { kernel, workers, msPerUnit } = options;
  const plan = createPlan(program, kernel, options.durations);
  const skeleton = skeletonOf(plan, (index) => (options.durations?.[index] ?? 1) * msPerUnit);
  const executionId = `simulation-${programDigest(skeleton).slice(0, 32)}`;
  const stores = await openStores(options.journal);
  try {
    const earlier = await finishedBefore(stores.journal, executionId);
    const time = new VirtualTime(earlier.untilMs);
    const total = plan.nodes.reduce((count, { spec }) => count + taskCount(spec), 0);
    const finished: SimulatedTask[] = [];
    const runner = new SimulatedRunner({
      slots: workers,
      time,
      tasksMax: options.tasksMax ?? Number.POSITIVE_INFINITY,
      finished: (task) => {
        finished.push(task);
        options.progress(earlier.tasks + finished.length, total);
      },
    });
    const engine = virtualEngine(stores, kernel, time, runner);
    const handle = earlier.exists
      ? await engine.open(executionId)
      : await start(engine, skeleton, executionId, options);
    const over = await time.run(() => runner.stopped || isTerminal(handle.status) || options.signal.aborted);
    if (!over)
      throw new HeddleError({
        code: 'INVARIANT',
        message: `execution ${executionId} is ${handle.status} and waits for nothing`,
      });
    await engine.close();
    const inUnit = (ms: number) => Math.round((ms / msPerUnit) * 1e6) / 1e6;
    return {
      status: handle.status,
      makespan: inUnit(Math.max(earlier.untilMs, finished.at(-1)?.endMs ?? 0)),
      lowerBound: inUnit(lowerBound(plan, workers, options.durations) * msPerUnit),
      tasksExecuted: finished.length,
      events: finished.map(({ id, startMs, endMs, worker }) => ({
        id,
        start: inUnit(startMs),
        end: inUnit(endMs),
        worker,
      })),
    };
  } finally {
    await stores.close();
  }
}

function virtualEngine(
  { journal, artifacts, records }: Stores,
  kernel: GraphKernel,
  clock: VirtualTime,
  runner: SimulatedRunner,
): DefaultExecutionEngine {
  return new DefaultExecutionEngine({
    kernel,
    modules: new ModuleRegistry([simulatedTask]),
    journal,
    artifacts,
    records,
    runner,
    clock,
    // Nothing here is random: the execution has its id, and no task of a skeleton is ever tried again.
    random: { id: (prefix) => `${prefix}-simulation`, seed: () => 0 },
    leases: new LocalLeaseKeeper(),
    weigh: (skeleton) => Float64Array.from(Object.values(skeleton.nodes), durationMsOf),
  });
}

function start(
  engine: DefaultExecutionEngine,
  skeleton: Program,
  executionId: string,
  { strategy, searchBudgetMs }: SimulationOptions,
): Promise<ExecutionHandle> {
  return engine.start(
    skeleton,
    {},
    {
      executionId,
      ...(strategy !== undefined && { strategy }),
      ...(searchBudgetMs !== undefined && { searchBudgetMs }),
    },
  );
}

/** What earlier calls have finished, and when the last of it ended: time goes on from there. */
async function finishedBefore(journal: JournalStore, executionId: string) {
  const exists = (await journal.header(executionId)) !== undefined;
  const entries = exists ? await journal.read(executionId, 0) : [];
  const ends = entries.flatMap((entry) => (entry.type === 'AttemptSucceeded' ? [endMsOf(entry.output)] : []));
  return { exists, tasks: ends.length, untilMs: ends.reduce((latest, endMs) => Math.max(latest, endMs), 0) };
}

function lowerBound(plan: Plan, workers: number, durations: Float64Array | undefined): number {
  const total = plan.nodes.reduce((sum, { index, spec }) => sum + (durations?.[index] ?? 1) * taskCount(spec), 0);
  return Math.max(plan.weights.makespan, total / workers);
}
