import type { PublishedFact } from '../../engine/command.ts';
import type { ErrorData } from '../../errors.ts';
import { isEndOfExecution } from '../../observe/attempts.ts';
import { type BlockedTask, blockedTasks } from '../../observe/blocked.ts';
import { ExecutionTotals } from '../../observe/execution-families.ts';
import type { TracesData } from '../../observe/otlp.ts';
import { prometheusText } from '../../observe/prometheus.ts';
import { isTerminal } from '../../observe/status.ts';
import { type LogLine, tell, wants } from '../../ports/log.ts';
import { storedExecution } from '../drive/boot.ts';
import type { Custody, CustodyWatcher } from '../drive/custody.ts';
import type { Execution } from '../drive/execution.ts';
import type { Home } from '../home.ts';
import { notFound } from '../refusals.ts';
import { type EngineFigures, engineFamilies } from './engine-families.ts';

type Watched = Pick<Custody, 'find' | 'driven'>;
type Figures = () => Pick<EngineFigures, 'cache' | 'bulkheads' | 'machine'>;

/** What an engine tells of itself to other tools: its log, metrics and traces; and why something does not go on. */
export class Observatory implements CustodyWatcher {
  readonly #home: Home;
  readonly #custody: () => Watched;
  readonly #figures: Figures;
  readonly #totals = new ExecutionTotals();
  /** How many of the facts that an execution has told are in the totals. */
  readonly #counted = new WeakMap<Execution, number>();
  #breakersOpened = 0;

  constructor(home: Home, custody: () => Watched, figures: Figures) {
    this.#home = home;
    this.#custody = custody;
    this.#figures = figures;
  }

  /** What is told is counted when it has ended, or when somebody asks: nobody's next task waits for it. */
  published(execution: Execution, facts: readonly PublishedFact[]): void {
    // Whoever is told of the end may ask at once.
    if (isTerminal(execution.status)) this.#count(execution);
    if (this.#home.log !== undefined) for (const fact of facts) this.#logFact(execution, fact);
  }

  ended(execution: Execution): void {
    this.#count(execution);
  }

  halted(execution: Execution, { code, message }: ErrorData): void {
    const { id } = execution;
    this.#count(execution);
    this.#totals.forget(id);
    // Closing an engine is no fault of anybody's.
    const level = code === 'ABORTED' ? 'INFO' : code === 'FENCED' ? 'WARNING' : 'ERROR';
    this.#tell({ level, message: 'halt', executionId: id, fields: { code, error: message } });
  }

  breakerOpened(key: string): void {
    this.#breakersOpened++;
    this.#tell({ level: 'WARNING', message: 'breaker opened', fields: { key } });
  }

  pressed(type: string, pressure: 'low' | 'high', utilisation: number): void {
    const level = pressure === 'high' ? 'WARNING' : 'INFO';
    this.#tell({ level, message: 'pressure', fields: { type, pressure, utilisation } });
  }

  /** @throws NOT_FOUND */
  async trace(executionId: string): Promise<TracesData> {
    const execution = await this.#look(executionId);
    const { header, state } = execution;
    const { traceOf } = await import('../../observe/span.ts');
    return traceOf(await execution.facts(), {
      executionId,
      programName: header.programName,
      strategy: execution.strategy,
      ...(state.traceparent !== undefined && { traceparent: state.traceparent }),
      ...(!isTerminal(execution.status) && { nowMs: this.#home.clock.now() }),
    });
  }

  /** @throws NOT_FOUND */
  async blocked(executionId: string): Promise<readonly BlockedTask[]> {
    const { plan, state } = await this.#look(executionId);
    return blockedTasks(plan, state);
  }

  metrics(): string {
    const { runner, resources } = this.#home;
    const driven = this.#custody().driven();
    for (const execution of driven) this.#count(execution);
    const now = {
      ...this.#figures(),
      driven,
      slots: runner.slots,
      resources: resources?.getResourceUtilization() ?? {},
      breakersOpened: this.#breakersOpened,
    };
    return prometheusText([...this.#totals.families(), ...engineFamilies(now)]);
  }

  /** As this host has it, or as it is stored: looking takes nothing over. */
  async #look(executionId: string): Promise<Execution> {
    const execution = this.#custody().find(executionId) ?? (await storedExecution(this.#home, executionId));
    if (execution === undefined) throw notFound(executionId);
    return execution;
  }

  #count(execution: Execution): void {
    const { facts } = execution.feed;
    const counted = this.#counted.get(execution) ?? 0;
    if (facts.length === counted) return;
    this.#totals.takeAll(execution.id, counted === 0 ? facts : facts.slice(counted));
    this.#counted.set(execution, facts.length);
  }

  #logFact({ id: executionId, header, state }: Execution, fact: PublishedFact): void {
    const { type, atMs, taskId, error, reason, checkpointId } = fact;
    const program = { program: header.programName };
    if (type === 'EXECUTION_STARTED') {
      const fields = { ...program, digest: header.programDigest };
      this.#tell({ level: 'INFO', message: 'start', executionId, atMs, fields });
    } else if (isEndOfExecution(type)) {
      const level = type === 'EXECUTION_FAILED' ? 'ERROR' : type === 'EXECUTION_CANCELLED' ? 'WARNING' : 'INFO';
      const fields = {
        ...program,
        status: type.slice('EXECUTION_'.length),
        durationMs: atMs - state.startedAtMs,
        ...(error !== undefined && { code: error.code, error: error.message }),
      };
      this.#tell({ level, message: 'end', executionId, atMs, fields });
    } else if (type === 'RECOVERY_INITIATED') {
      const fields = {
        ...program,
        ...(reason !== undefined && { reason }),
        ...(checkpointId !== undefined && { checkpointId }),
        ...(error !== undefined && { code: error.code, error: error.message }),
      };
      const task = taskId === undefined ? {} : { taskId };
      this.#tell({ level: 'WARNING', message: 'recovery', executionId, ...task, atMs, fields });
    } else if (wants(this.#home.log, 'DEBUG')) this.#logStep(executionId, fact, program);
  }

  /** Every other fact, as it came: the tracking of each operation. */
  #logStep(executionId: string, fact: PublishedFact, program: LogLine['fields']): void {
    const { type, atMs, taskId, attempt, error, reason } = fact;
    const fields = {
      ...program,
      ...(attempt !== undefined && { attempt }),
      ...(reason !== undefined && { reason }),
      ...(error !== undefined && { code: error.code, error: error.message }),
    };
    const message = type.toLowerCase().replaceAll('_', ' ');
    this.#tell({ level: 'DEBUG', message, executionId, ...(taskId !== undefined && { taskId }), atMs, fields });
  }

  #tell(line: Omit<LogLine, 'atMs'> & { readonly atMs?: number }): void {
    tell(this.#home.log, { atMs: this.#home.clock.now(), ...line });
  }
}
