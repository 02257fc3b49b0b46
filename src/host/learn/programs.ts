import { HeddleError } from '../../errors.ts';
import type { Bottleneck } from '../../history/bottlenecks.ts';
import type { ExecutionRecord } from '../../history/execution-record.ts';
import { type Profile, profileOf } from '../../history/profile.ts';
import { targetReports } from '../../history/targets.ts';
import type { Program } from '../../program/program.ts';
import { storedExecution } from '../drive/boot.ts';
import type { Custody } from '../drive/custody.ts';
import type { Execution } from '../drive/execution.ts';
import type { Home } from '../home.ts';
import { readProgram } from '../programs/submission.ts';
import type { Optimization, OptimizeOptions } from '../view/optimization.ts';
import type { ProgramStatus } from '../view/program-status.ts';
import type { Learning } from './learning.ts';

/**
 * What an engine knows of programs by their names: those it was given, and those of which it has an execution. A program
 * that was given under another name than its own is meant by either.
 */
export class Programs {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #learning: Learning;

  constructor(home: Home, custody: Custody, learning: Learning) {
    this.#home = home;
    this.#custody = custody;
    this.#learning = learning;
  }

  async history(programId: string): Promise<readonly ExecutionRecord[]> {
    return this.#learning.history.list((await this.#given(programId))?.name ?? programId);
  }

  async profile(programId: string): Promise<Profile> {
    return profileOf(await this.history(programId));
  }

  async bottlenecks(programId: string): Promise<readonly Bottleneck[]> {
    const program = await this.#program(programId);
    const records = await this.#learning.tunings.recordsOf(program);
    const { bottlenecksOf } = await import('../../history/bottlenecks.ts');
    return bottlenecksOf(program, records, { kernel: this.#home.kernel });
  }

  async optimize(programId: string, options?: OptimizeOptions): Promise<Optimization> {
    return this.#learning.tunings.optimize(await this.#program(programId), options);
  }

  async revert(programId: string): Promise<boolean> {
    return this.#learning.tunings.revert((await this.#given(programId))?.name ?? programId);
  }

  /** @throws NOT_FOUND when it was never executed */
  async status(programId: string): Promise<ProgramStatus> {
    const programName = (await this.#given(programId))?.name ?? programId;
    const execution = await this.#latest(programName);
    if (execution === undefined) throw neverExecuted(programId);
    const { status, progress, metrics } = await execution.update();
    const { executions, successRate, p50Ms, p95Ms } = profileOf(await this.#learning.history.list(programName));
    const averages = { executions, successRate, p50Ms, p95Ms };
    const unfinished = await this.#home.journal.list({
      programName,
      status: ['PENDING', 'RUNNING', 'PAUSED'],
      limit: 1000,
    });
    return {
      programId,
      executionId: execution.id,
      ...{ status, progress, metrics },
      strategy: execution.strategy,
      currentExecutions: unfinished.length,
      averages,
      targets: targetReports(execution.header.program, averages),
    };
  }

  /** As it is written: that of the host, or that of the latest execution. @throws NOT_FOUND */
  async #program(programId: string): Promise<Program> {
    const given = await this.#given(programId);
    if (given !== undefined) return given;
    const [latest] = await this.#home.journal.list({ programName: programId, limit: 1 });
    const header = latest === undefined ? undefined : await this.#home.journal.header(latest.executionId);
    if (header === undefined) throw neverExecuted(programId);
    return this.#learning.tunings.written(header.program);
  }

  async #given(programId: string): Promise<Program | undefined> {
    const { programs, modules, resources } = this.#home;
    const source = await programs?.(programId);
    return source === undefined ? undefined : readProgram(source, modules, resources?.capacity ?? null);
  }

  async #latest(programName: string): Promise<Execution | undefined> {
    const [latest] = await this.#home.journal.list({ programName, limit: 1 });
    if (latest === undefined) return undefined;
    return this.#custody.find(latest.executionId) ?? storedExecution(this.#home, latest.executionId);
  }
}

function neverExecuted(programId: string): HeddleError {
  return new HeddleError({
    code: 'NOT_FOUND',
    message: `no execution of a program ${programId} is stored`,
    hint: 'execute it first, or give it to the engine under `programs`',
    retryable: false,
  });
}
