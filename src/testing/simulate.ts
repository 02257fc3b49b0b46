import { isHeddleError } from '../errors.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ProgramSource } from '../host/programs/program-source.ts';
import type { AnyModule } from '../host/registry.ts';
import type { ExecutionEvent, ExecutionResult } from '../host/view/execution-view.ts';
import { drive } from './drive.ts';
import { FakeClock } from './fake-clock.ts';
import type { Fault } from './fault.ts';
import { FaultPlan } from './fault-plan.ts';
import { LawBroken } from './law-broken.ts';
import { brokenAtEnd, calledAgain, recordedAsDone } from './laws.ts';
import { SeededRandom } from './seeded-random.ts';
import { createTestEngine, type TestEngine } from './test-engine.ts';
import { memoryStores } from './test-stores.ts';

/** How hostile the world is. */
export interface WorldFaults {
  /** Hosts that die at most; default 3. Each is followed by another one. */
  readonly crashes?: number;
  /** 0 to 1: how likely each write fails, before or after it happened; default 0.02. */
  readonly storageErrors?: number;
  /** Virtual ms by which each call is put off, drawn between the two; default 0 to 100. */
  readonly delayMs?: readonly [from: number, to: number];
  /** 0 to 1: how likely a call fails instead of running; default 0, because it changes what comes out. */
  readonly callErrors?: number;
}

export interface SimulationOptions {
  readonly seed: number;
  /** Or how to make them for the world's clock, for those that wait: `await clock.sleep(ms)`. */
  readonly modules: readonly AnyModule[] | ((clock: FakeClock) => readonly AnyModule[]);
  readonly inputs?: unknown;
  readonly faults?: WorldFaults;
  readonly slots?: number;
  /** Somebody acts when nothing happens any more: sends a signal, resumes. @returns whether anything was done */
  readonly idle?: (handle: ExecutionHandle) => Promise<boolean>;
}

export interface Simulation {
  readonly seed: number;
  readonly result: ExecutionResult;
  readonly timeline: readonly ExecutionEvent[];
  /** Hosts that died, of a crash or of a storage error. */
  readonly deaths: number;
  /** How often each task was called, by all hosts together. */
  readonly runs: Readonly<Record<string, number>>;
}

const executionId = 'ex_simulated';
/** Storage errors stop after so many hosts, so that every world comes to an end. */
const hostsMax = 30;

/**
 * Runs a program on virtual time in a world where hosts die, writes fail and calls come late; everything follows from the
 * seed. The laws are checked on the way: what was told is stored, what was recorded as done is not called again, the journal
 * replays to the same facts, no permit is left, and it ends.
 *
 * @throws LawBroken with the seed in its message
 */
export async function simulate(program: ProgramSource, options: SimulationOptions): Promise<Simulation> {
  try {
    return await new World(program, options).run();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LawBroken(`seed ${options.seed}: ${message}`, { cause: thrown });
  }
}

class World {
  readonly #program: ProgramSource;
  readonly #options: SimulationOptions;
  readonly #random: SeededRandom;
  readonly #clock = new FakeClock();
  readonly #stores = memoryStores();
  readonly #told: ExecutionEvent[] = [];
  readonly #runs: Record<string, number> = {};
  #deaths = 0;

  constructor(program: ProgramSource, options: SimulationOptions) {
    this.#program = program;
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  async run(): Promise<Simulation> {
    let result: ExecutionResult | undefined;
    while (result === undefined) result = await this.#host();
    const header = await this.#stores.journal.header(executionId);
    const entries = await this.#stores.journal.read(executionId, 0);
    if (header === undefined) throw new LawBroken('durability: it has ended and is not stored');
    const broken = brokenAtEnd(header.program, entries, [...this.#told, ...result.timeline]);
    if (broken !== undefined) throw new LawBroken(broken);
    const { seed } = this.#options;
    return { seed, result, timeline: result.timeline, deaths: this.#deaths, runs: this.#runs };
  }

  /** One host, until the execution ends or the host does. */
  async #host(): Promise<ExecutionResult | undefined> {
    const entries = await this.#stores.journal.read(executionId, 0);
    const done = recordedAsDone(entries);
    const faults = new FaultPlan(this.#faults(), { seed: this.#random.seed(), clock: this.#clock });
    const { modules: given, slots, idle, inputs = {}, seed } = this.#options;
    const modules = typeof given === 'function' ? given(this.#clock) : given;
    const common = { modules, clock: this.#clock, stores: this.#stores, faults, seed: seed + this.#deaths };
    const host = createTestEngine({ ...common, ...(slots !== undefined && { slots }) });
    try {
      if (entries.length === 0) await host.engine.open(executionId).catch(unlessNotFound);
      const opening =
        entries.length > 0 ? host.engine.open(executionId) : host.engine.start(this.#program, inputs, { executionId });
      const handle = await drive(this.#clock, opening);
      this.#listen(host, handle);
      return await drive(this.#clock, handle.result(), async () => (await idle?.(handle)) ?? false);
    } catch (thrown) {
      const died = faults.struck > 0 && isHeddleError(thrown) && thrown.code === 'STORAGE_FAILED';
      if (!died) throw thrown;
      this.#deaths++;
      faults.die();
      return undefined;
    } finally {
      await host.engine.close();
      await this.#account(host, done);
    }
  }

  #listen({ engine }: TestEngine, handle: ExecutionHandle): void {
    engine.subscribe(handle.id, ({ events }) => {
      for (const event of events) if (event.id !== 'live') this.#told.push(event);
    });
  }

  async #account({ calls }: TestEngine, done: ReadonlySet<string>): Promise<void> {
    for (const { taskId } of calls) this.#runs[taskId] = (this.#runs[taskId] ?? 0) + 1;
    const header = await this.#stores.journal.header(executionId);
    const again = header === undefined ? [] : calledAgain(header.program, done, calls);
    if (again.length > 0) throw new LawBroken(`losslessness: ${again.join()} was recorded as done and called again`);
  }

  #faults(): readonly Fault[] {
    const { crashes = 3, storageErrors = 0.02, delayMs = [0, 100], callErrors = 0 } = this.#options.faults ?? {};
    const faults: Fault[] = [
      { on: 'call', probability: callErrors },
      { on: 'call', probability: 1, effect: { delayMs } },
    ];
    if (this.#deaths < crashes) {
      const when = this.#random.chance(0.5) ? 'before' : 'after';
      faults.push({ on: 'write', at: this.#random.int(1, 12), when, effect: 'die' });
    }
    if (this.#deaths < hostsMax) {
      for (const when of ['before', 'after'] as const)
        faults.push({ on: 'write', probability: storageErrors / 2, when });
    }
    return faults;
  }
}

function unlessNotFound(thrown: unknown): void {
  if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
}
