import { isHeddleError } from '../errors.ts';
import type { ProgramSource } from '../host/programs/program-source.ts';
import type { AnyModule } from '../host/registry.ts';
import type { ExecutionResult } from '../host/view/execution-view.ts';
import { drive } from './drive.ts';
import { FakeClock } from './fake-clock.ts';
import { FaultPlan } from './fault-plan.ts';
import { LawBroken } from './law-broken.ts';
import { calledAgain, recordedAsDone } from './laws.ts';
import { createTestEngine } from './test-engine.ts';
import { memoryStores, type TestStores } from './test-stores.ts';

export interface CrashOptions {
  readonly program: ProgramSource;
  readonly inputs?: unknown;
  /** Or how to make them for a clock, for those that wait: `await clock.sleep(ms)`. */
  readonly modules: readonly AnyModule[] | ((clock: FakeClock) => readonly AnyModule[]);
  readonly seed?: number;
  readonly slots?: number;
  /** Stores for one run; default: in memory. */
  readonly stores?: () => TestStores | Promise<TestStores>;
}

/** One run that was killed and gone on with. */
export interface Crash {
  /** The k-th write, from 1: the creation, the claims, every commit and artifact. */
  readonly write: number;
  /** Whether the host died before the write happened, or after it and before its answer. */
  readonly when: 'before' | 'after';
  readonly result: ExecutionResult;
  /** How often each task was called, before and after the crash together. */
  readonly runs: Readonly<Record<string, number>>;
  /** Tasks that were recorded as done when the host died. */
  readonly done: readonly string[];
}

export interface CrashReport {
  /** Of the run that nobody killed. */
  readonly result: ExecutionResult;
  readonly runs: Readonly<Record<string, number>>;
  readonly writes: number;
  readonly crashes: readonly Crash[];
}

const executionId = 'ex_crashed';

/**
 * Runs the program once to count what it writes, then again for each write, killed before it and after it, and lets a new
 * engine over the same store go on to the end.
 *
 * @param check of each crash; what it throws is thrown on, with the write in its message
 * @throws LawBroken when a task that was recorded as done is called again, or an execution does not end
 */
export async function crashAtEveryWrite(
  options: CrashOptions,
  check: (crash: Crash, undisturbed: ExecutionResult) => void | Promise<void> = () => undefined,
): Promise<CrashReport> {
  const counted = new FaultPlan();
  const whole = await hosted(options, await storesOf(options), counted, 'start');
  const writes = counted.counts.write;
  const crashes: Crash[] = [];
  for (let write = 1; write <= writes; write++) {
    for (const when of ['before', 'after'] as const) {
      const where = `killed ${when} write ${write} of ${writes}`;
      const crash = await crashAt(options, write, when).catch((thrown) => {
        throw broken(where, thrown);
      });
      try {
        await check(crash, whole.result);
      } catch (thrown) {
        throw broken(where, thrown);
      }
      crashes.push(crash);
    }
  }
  return { result: whole.result, runs: tally(whole.calls), writes, crashes };
}

async function crashAt(options: CrashOptions, write: number, when: 'before' | 'after'): Promise<Crash> {
  const stores = await storesOf(options);
  const calls: string[] = [];
  const faults = new FaultPlan([{ on: 'write', at: write, when, effect: 'die' }]);
  try {
    calls.push(...(await hosted(options, stores, faults, 'start', calls)).calls);
  } catch (thrown) {
    if (!faults.dead) throw thrown;
  }
  const entries = await stores.journal.read(executionId, 0);
  const done = recordedAsDone(entries);
  const next = await hosted(options, stores, new FaultPlan(), entries.length > 0 ? 'open' : 'start');
  const header = await stores.journal.header(executionId);
  const again = header === undefined ? [] : calledAgain(header.program, done, next.taskCalls);
  if (again.length > 0) throw new LawBroken(`losslessness: ${again.join()} was recorded as done and called again`);
  return { write, when, result: next.result, runs: tally([...calls, ...next.calls]), done: [...done] };
}

/** One engine's life: to the end, or to its death. @param into gets the calls even when it dies */
async function hosted(
  options: CrashOptions,
  stores: TestStores,
  faults: FaultPlan,
  how: 'start' | 'open',
  into: string[] = [],
) {
  const clock = new FakeClock();
  const modules = typeof options.modules === 'function' ? options.modules(clock) : options.modules;
  const { seed = 1, slots, program, inputs = {} } = options;
  const host = createTestEngine({ modules, seed, clock, stores, faults, ...(slots !== undefined && { slots }) });
  const { engine, calls } = host;
  try {
    // What was created and never begun is no execution: it is cleared away, and begun anew.
    if (how === 'start') await engine.open(executionId).catch(unlessNotFound);
    const handle = await drive(
      clock,
      how === 'open' ? engine.open(executionId) : engine.start(program, inputs, { executionId }),
    );
    const result = await drive(clock, handle.result());
    return { result, calls: calls.map(({ taskId }) => taskId), taskCalls: calls };
  } catch (thrown) {
    into.push(...calls.map(({ taskId }) => taskId));
    throw thrown;
  } finally {
    await engine.close();
  }
}

function unlessNotFound(thrown: unknown): void {
  if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
}

async function storesOf({ stores = memoryStores }: CrashOptions): Promise<TestStores> {
  return stores();
}

function tally(tasks: readonly string[]): Readonly<Record<string, number>> {
  const runs: Record<string, number> = {};
  for (const task of tasks) runs[task] = (runs[task] ?? 0) + 1;
  return runs;
}

function broken(where: string, thrown: unknown): LawBroken {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LawBroken(`${where}: ${message}`, { cause: thrown });
}
