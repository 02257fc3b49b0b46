import { programKey } from '../../host/values/json-records.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Commit, ExecutionSummary } from '../../ports/journal-store.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { AlarmClock } from './alarm-clock.ts';
import { ask } from './answer.ts';
import { type Reports, reportedAtOnce } from './reports.ts';
import type { TenantObjects } from './tenant-objects.ts';
import type { JournalWatcher } from './watched-journal-store.ts';

/** An object in which something is under way promises to be heard of within that time. */
const promiseMs = 60_000;
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
  /** Whether an execution of this object has not ended. */
  readonly unfinished: () => boolean;
  /** By the executions of this object. */
  readonly program: (executionId: string) => string | undefined;
  /** The tenant has alert rules. */
  readonly alerted: () => Promise<void>;
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
  /** Something is to be told that no telling has begun to tell. */
  #hasNews = false;
  #told: readonly ExecutionSummary[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(options: WatchkeeperOptions) {
    this.#options = options;
  }

  /** Nobody is told of it in this turn: an execution that ends in it is told of once, with its end. */
  created(): void {
    this.#options.clock.keepAlive();
    this.#soon();
  }

  committed({ executionId, status }: Commit): void {
    const { clock } = this.#options;
    clock.keepAlive();
    const known = this.#statuses.get(executionId);
    this.#statuses.set(executionId, status);
    const promised = this.#promisedMs;
    const tooLate = promised === null || (promised !== undefined && promised > clock.now() + 2 * promiseMs);
    if ((known !== undefined && known !== status) || isTerminal(status) || tooLate) this.#soon();
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

  /**
   * Tells what has not been told, and arms the alarm for what comes next.
   * @param restUntilMs when nothing is unfinished
   * @param answers somebody waits: what need not be durable before the answer leaves is written after it. Until then the alarm of the
   *   last commit is armed, and what was told may be told twice
   */
  async settle(restUntilMs?: number, answers = false): Promise<void> {
    try {
      await this.#tell();
    } catch {
      // Told again by the next alarm.
      return this.#options.clock.keepAlive();
    }
    const arm = (): void => {
      const { clock, busy, unfinished } = this.#options;
      this.#keepTold();
      if (busy()) clock.keepAlive();
      else if (clock.soonestMs < Number.POSITIVE_INFINITY) clock.alarmBy(clock.soonestMs);
      else if (!unfinished()) clock.rest(restUntilMs);
    };
    if (!answers) return arm();
    this.#later(arm);
  }

  /** There is nothing left to look after. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Nothing of this object is to be woken any more. */
  async retire(): Promise<void> {
    await this.#send([], null);
  }

  /** In a turn of its own, unless a request that is being answered tells it before. */
  #soon(): void {
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#later(() => {
      if (!this.#hasNews) return;
      this.#tell()
        .then(() => this.#keepTold())
        // The alarm of the commit tells it.
        .catch(() => undefined);
    });
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, 0);
    this.#timers.add(timer);
  }

  #tell(): Promise<void> {
    return this.#alone(() => this.#tellNow());
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

  async #tellNow(): Promise<void> {
    const { reports } = this.#options;
    this.#hasNews = false;
    this.#keepTold();
    let pending = reports.pending();
    const dueAtMs = this.#promise();
    if (pending.length === 0 && !this.#isNews(dueAtMs)) return;
    for (;;) {
      await this.#send(pending, dueAtMs);
      this.#told = pending;
      if (pending.length < reportedAtOnce) return;
      this.#keepTold();
      pending = reports.pending();
    }
  }

  /** Told, and not to be told again. */
  #keepTold(): void {
    this.#options.reports.done(this.#told);
    this.#told = [];
  }

  /** When this object will be heard of at the latest. */
  #promise(): number | null {
    const { clock, busy, unfinished } = this.#options;
    if (!unfinished()) return null;
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
    const { objects, root, alerted } = this.#options;
    const byProgram = Map.groupBy(executions, ({ programName }) => programKey(programName));
    const [hasAlerts] = await Promise.all([
      ask('the catalogue could not be told', () =>
        objects.catalogue.note(objects.tenant, { root, dueAtMs, executions }),
      ),
      ...[...byProgram].map(([key, some]) => objects.post.note(key, some)),
    ]);
    this.#promisedMs = dueAtMs;
    if (hasAlerts) await alerted();
  }
}
