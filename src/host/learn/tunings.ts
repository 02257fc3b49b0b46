import { applyProposal, revertProposal } from '../../history/optimise/apply-proposal.ts';
import type { Change } from '../../history/optimise/change.ts';
import { spanMeans } from '../../history/packed-record.ts';
import { profileOf } from '../../history/profile.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import type { Execution } from '../drive/execution.ts';
import type { Home } from '../home.ts';
import type { PreparedPrograms } from '../programs/prepared-programs.ts';
import { JsonRecords, programKey } from '../values/json-records.ts';
import type { Optimization, OptimizeOptions } from '../view/optimization.ts';
import type { History } from './history.ts';

/** Expected ms by node. */
export type Weights = { readonly [node: string]: number };

/** What was learnt for one program: of that name, and of that very digest. */
interface Tuning {
  readonly fromDigest: string;
  /** Of the program with the changes; the same where there are none. */
  readonly toDigest: string;
  readonly changes: readonly Change[];
  /** For executions of this very program. */
  readonly weights: Weights;
}

/** Which program a changed one was made from, and how. */
type Origin = Pick<Tuning, 'fromDigest' | 'toDigest' | 'changes'>;

/** Weights are learnt by themselves after the first execution, the second, the fourth and so on, then after so many more. */
const refreshEvery = 100;

/** Of them, what weights are learnt from: what was long ago is no longer so. */
const learntFromMax = 32;

/**
 * What programs were taught by their history, in the records of the home (scope `tuning`): changes under
 * `<program name>/<digest of the program as it is written>`, weights under the digest of the program that runs.
 */
export class Tunings {
  readonly #home: Home;
  readonly #history: History;
  readonly #tunings: JsonRecords<Tuning>;
  /** By the digest of what was made; kept when it is reverted, because executions of it are. */
  readonly #origins: JsonRecords<Origin>;
  /** Programs that were reverted: nothing is learnt for them until somebody asks for it. */
  readonly #reverted: JsonRecords<true>;

  readonly #prepared: PreparedPrograms;

  constructor(home: Home, history: History, prepared: PreparedPrograms) {
    this.#home = home;
    this.#history = history;
    this.#prepared = prepared;
    this.#tunings = new JsonRecords(home.records, 'tuning', { remembers: true });
    this.#origins = new JsonRecords(home.records, 'tuning-origins');
    this.#reverted = new JsonRecords(home.records, 'tuning-reverted');
  }

  /** A program as it is to run. What cannot be read is not used: it was only to help. */
  async tuned(program: Program): Promise<{ readonly program: Program; readonly weights?: Weights }> {
    try {
      const written = await this.#get(program.name, this.#prepared.digest(program));
      if (written === undefined) return { program };
      if (written.changes.length === 0) return withWeights(program, written);
      const changed = applyProposal(program, written);
      return withWeights(changed, await this.#get(program.name, written.toDigest));
    } catch {
      return { program };
    }
  }

  /**
   * Proposes what the history of the program says, and has it applied to executions that start from now on.
   * @param program as it is written
   */
  async optimize(program: Program, { preview = false, floorMs }: OptimizeOptions = {}): Promise<Optimization> {
    const { kernel, modules, runner, resources } = this.#home;
    const capacity = resources?.capacity;
    const cpuModules = modules.list().flatMap(({ name, kind }) => (kind === 'cpu' ? [name] : []));
    const profile = profileOf(await this.recordsOf(program));
    const options = {
      slots: runner.slots,
      cpuModules,
      kernel,
      ...(floorMs !== undefined && { floorMs }),
      ...(capacity && { capacity }),
    };
    const { proposeOptimisation } = await import('../../history/optimise.ts');
    const proposal = proposeOptimisation(program, profile, options);
    const learnt = proposal.changes.length > 0 || Object.keys(proposal.weights).length > 0;
    if (preview || !learnt) return { proposal, applied: false };
    const { fromDigest, toDigest, changes, weights } = proposal;
    if (toDigest !== fromDigest) {
      await this.#origins.change(keyOf(program.name, toDigest), () => ({ fromDigest, toDigest, changes }));
      await this.#put(program.name, { fromDigest: toDigest, toDigest, changes: [], weights });
    }
    await this.#put(program.name, { fromDigest, toDigest, changes, weights });
    await this.#reverted.delete(programKey(program.name));
    return { proposal, applied: true };
  }

  /** Programs of that name run as they are written again. @returns whether they did not */
  async revert(programName: string): Promise<boolean> {
    await this.#history.settled();
    await this.#reverted.change(programKey(programName), () => true);
    const tunings = await this.#tunings.list(`${programKey(programName)}/`);
    for (const { key } of tunings) await this.#tunings.delete(key);
    return tunings.length > 0;
  }

  /** Learns the weights of the program of an ended execution anew when it is time; never changes a program. */
  async refresh(execution: Execution, recorded: number): Promise<void> {
    if (isTimeToLearn(recorded)) await this.relearn(execution);
  }

  /** Learns them now. */
  async relearn({ header }: Execution): Promise<void> {
    const { programName, programDigest: digest, program } = header;
    if ((await this.#reverted.get(programKey(programName))) !== undefined) return;
    const records = await this.#history.latest(programName, learntFromMax);
    const means = spanMeans(records.filter((record) => record.programDigest === digest));
    const weights = Object.fromEntries(
      Object.keys(program.nodes).flatMap((id) => (means.has(id) ? [[id, means.get(id) ?? 0]] : [])),
    );
    const fresh = { fromDigest: digest, toDigest: digest, changes: [] };
    await this.#tunings.change(keyOf(programName, digest), (now) => ({ ...(now ?? fresh), weights }));
    // The next execution finds its plan made: there is time for it now, and then there is none.
    const next = await this.tuned(program);
    this.#prepared.plan(next.program, next.weights);
  }

  /** The program as it was written, of one that ran, perhaps with changes. */
  async written(program: Program): Promise<Program> {
    const origin = await this.#origins.get(keyOf(program.name, programDigest(program)));
    return origin === undefined ? program : revertProposal(program, origin);
  }

  /** Of executions that ran the program as it is written, or as it was changed. Oldest first. */
  async recordsOf(program: Program) {
    const digest = programDigest(program);
    const origins = await this.#origins.list(`${programKey(program.name)}/`);
    const made = origins.flatMap(({ data }) => (data.fromDigest === digest ? [data.toDigest] : []));
    const digests = new Set([digest, ...made]);
    return (await this.#history.list(program.name)).filter((record) => digests.has(record.programDigest));
  }

  #get(programName: string, digest: string): Promise<Tuning | undefined> {
    return this.#tunings.get(keyOf(programName, digest));
  }

  async #put(programName: string, tuning: Tuning): Promise<void> {
    await this.#tunings.change(keyOf(programName, tuning.fromDigest), () => tuning);
  }
}

function isTimeToLearn(recorded: number): boolean {
  return recorded < refreshEvery ? Number.isInteger(Math.log2(recorded)) : recorded % refreshEvery === 0;
}

function withWeights(program: Program, tuning: Tuning | undefined) {
  const weights = tuning?.weights ?? {};
  return Object.keys(weights).length === 0 ? { program } : { program, weights };
}

function keyOf(programName: string, digest: string): string {
  return `${programKey(programName)}/${digest}`;
}
