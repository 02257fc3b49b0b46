import { programKey } from '../../host/values/json-records.ts';
import type { Commit, ExecutionHeader, ExecutionSummary } from '../../ports/journal-store.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { AlarmClock } from './alarm-clock.ts';
import { ask } from './answer.ts';
import type { Reports } from './reports.ts';
import type { TenantObjects } from './tenant-objects.ts';
import type { JournalWatcher } from './watched-journal-store.ts';

/** An object in which something is under way promises to be heard of within that time. */
export const promiseMs = 60_000;
/** And renews its promise when less than that is left of it. */
const renewBelowMs = 25_000;
/** A deadline is kept by the object's own alarm; the catalogue waits a little before it asks. */
const graceMs = 5_000;

export interface WatchkeeperOptions {
  readonly objects: TenantObjects;
  readonly root: string;
  readonly clock: AlarmClock;
  readonly reports: Reports;
  /** Whether something is under way that will not end by a deadline alone. */
  readonly busy: () => boolean;
  /** By the executions of this object. */
  readonly program: (executionId: string) => string | undefined;
  /** Erases what an execution keeps outside its journal. */
  readonly erase: (executionId: string) => Promise<void>;
}

/**
 * Sees to it that an object with unfinished executions is never asleep for ever: an alarm in the turn of every commit,
 * and a promise to the catalogue, which wakes whoever breaks it. Tells catalogue and programs how executions stand.
 */
export class Watchkeeper implements JournalWatcher {
  readonly #options: WatchkeeperOptions;
  readonly #statuses = new Map<string, string>();
  /** What the catalogue was told last; undefined: nothing in this life. */
  #promisedMs: number | null | undefined;
  #telling: Promise<void> | null = null;

  constructor(options: WatchkeeperOptions) {
    this.#options = options;
  }

  /** Told of before it exists: an execution nobody knows of would have nobody to wake it. */
  async creating(header: ExecutionHeader): Promise<void> {
    const { clock, program, reports } = this.#options;
    const { executionId, programName, programDigest, createdAtMs } = header;
    if (program(executionId) !== undefined) return;
    const summary = { executionId, programName, programDigest, createdAtMs, updatedAtMs: createdAtMs };
    const running = { ...summary, status: 'RUNNING' as const };
    await this.#send([running], clock.now() + promiseMs);
    reports.done([running]);
  }

  committed({ executionId, status }: Commit): void {
    const { clock } = this.#options;
    clock.keepAlive();
    const known = this.#statuses.get(executionId);
    this.#statuses.set(executionId, status);
    const promised = this.#promisedMs;
    const tooLate = promised === null || (promised !== undefined && promised > clock.now() + 2 * promiseMs);
    if ((known !== undefined && known !== status) || isEnd(status) || tooLate) this.#soon();
  }

  /** Should it be interrupted, it is told of as little as before, and erased when it is tried again. */
  async deleting(executionId: string, eraseJournal: () => MaybePromise<void>): Promise<void> {
    const { objects, reports, erase, program } = this.#options;
    const programName = program(executionId);
    // Nobody is told of it again by what was about to be told.
    await this.#alone(async () => {
      await erase(executionId);
      const lists = [
        objects.catalogue,
        ...(programName === undefined ? [] : [objects.program(programKey(programName))]),
      ];
      await Promise.all(
        lists.map((list) =>
          ask('an execution could not be taken off a list', () => list.forgetExecutions([executionId])),
        ),
      );
      await eraseJournal();
      reports.forget(executionId);
      this.#statuses.delete(executionId);
    });
  }

  /** Tells what has not been told, and arms the alarm for what comes next. */
  async settle(unfinished: boolean, restUntilMs?: number): Promise<void> {
    const { clock, busy } = this.#options;
    try {
      await this.#tell(unfinished);
    } catch {
      // Told again by the next alarm.
      return clock.keepAlive();
    }
    if (busy()) clock.keepAlive();
    else if (clock.soonestMs < Number.POSITIVE_INFINITY) clock.alarmBy(clock.soonestMs);
    else if (!unfinished) clock.rest(restUntilMs);
  }

  /** Nothing of this object is to be woken any more. */
  async retire(): Promise<void> {
    await this.#send([], null);
  }

  #soon(): void {
    queueMicrotask(() => {
      // Should it fail, the alarm of the commit tells it.
      this.#tell(true).catch(() => undefined);
    });
  }

  #tell(unfinished: boolean): Promise<void> {
    return this.#alone(() => this.#tellNow(unfinished));
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#telling !== null) await this.#telling.catch(() => undefined);
    this.#telling = work();
    try {
      await this.#telling;
    } finally {
      this.#telling = null;
    }
  }

  async #tellNow(unfinished: boolean): Promise<void> {
    const { reports } = this.#options;
    let pending = reports.pending();
    const dueAtMs = this.#promise(unfinished);
    if (pending.length === 0 && !this.#isNews(dueAtMs)) return;
    do {
      await this.#send(pending, dueAtMs);
      reports.done(pending);
      pending = reports.pending();
    } while (pending.length > 0);
  }

  /** When this object will be heard of at the latest. */
  #promise(unfinished: boolean): number | null {
    const { clock, busy } = this.#options;
    if (!unfinished) return null;
    if (busy()) return clock.now() + promiseMs;
    return clock.soonestMs === Number.POSITIVE_INFINITY ? null : Math.max(clock.soonestMs, clock.now()) + graceMs;
  }

  #isNews(dueAtMs: number | null): boolean {
    const promised = this.#promisedMs;
    if (promised === undefined) return true;
    if (dueAtMs === null || promised === null) return dueAtMs !== promised;
    if (promised > dueAtMs) return true;
    return dueAtMs > promised && promised < this.#options.clock.now() + renewBelowMs;
  }

  async #send(executions: readonly ExecutionSummary[], dueAtMs: number | null): Promise<void> {
    const { objects, root } = this.#options;
    const byProgram = Map.groupBy(executions, ({ programName }) => programKey(programName));
    await Promise.all([
      ask('the catalogue could not be told', () =>
        objects.catalogue.note(objects.tenant, { root, dueAtMs, executions }),
      ),
      ...[...byProgram].map(([key, some]) =>
        ask('a program could not be told', () => objects.program(key).noteExecutions(some)),
      ),
    ]);
    this.#promisedMs = dueAtMs;
  }
}

export function isEnd(status: string): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}
