import { isHeddleError } from '../../errors.ts';
import { unfinished } from '../../host/begin/unfinished.ts';
import { DefaultExecutionEngine } from '../../host/default-execution-engine.ts';
import { storedExecution } from '../../host/drive/boot.ts';
import type { CancelOptions, ExecutionHandle, ForkOptions, StartOptions } from '../../host/execution-engine.ts';
import { handleOf } from '../../host/handle.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';
import { Recent } from '../../host/recent.ts';
import type { ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import { type ExecutionStatus, isTerminal } from '../../observe/status.ts';
import { limits } from '../../program/limits.ts';
import type { BrowserExecutionEngine } from './browser-engine.ts';
import { Follower } from './follower.ts';
import { firstPauseMs, keepGoing, pauseMsMax } from './keep-going.ts';
import type { PageEngineOptions } from './page-engine-options.ts';
import { mayGoOn, Presence, type Role } from './presence.ts';
import { StandBy } from './stand-by.ts';
import type { StorageStatus } from './storage-health.ts';
import { TabChannel, type TabRequest } from './tab-channel.ts';

/**
 * The engine of a tab. One tab drives an execution; others that open it watch it by its journal, ask the driving tab for
 * changes, and take it up when that tab has gone. When the storage fails, what stopped is taken up again until it goes on.
 */
export class PageEngine extends DefaultExecutionEngine implements BrowserExecutionEngine {
  readonly #options: PageEngineOptions;
  readonly #channel: TabChannel;
  readonly #presences = new Map<string, Presence>();
  readonly #followers = new Map<string, Follower>();
  readonly #entering = new Map<string, Promise<Presence>>();
  readonly #recent = new Recent(limits.endedAtHandMax);
  readonly #standBy: StandBy;
  #closed = false;

  constructor(options: PageEngineOptions) {
    super({ ...options.home, leases: options.leases });
    this.#options = options;
    this.#standBy = new StandBy(options.leases, (executionId) => this.#takeUp(executionId));
    this.#channel = new TabChannel(options.name, {
      saved: (executionId) => {
        const follower = this.#followers.get(executionId);
        if (follower !== undefined) void follower.sync();
        else if (!this.#drives(executionId)) this.#standBy.for(executionId);
      },
      asked: (executionId, request) => (this.#drives(executionId) ? this.#carryOut(executionId, request) : undefined),
    });
  }

  get storage(): StorageStatus {
    return this.#options.health.status;
  }

  /** @returns how to stop listening */
  onStorageChange(listener: (status: StorageStatus) => void): () => void {
    return this.#options.health.listen(listener);
  }

  /** Whether this tab drives an execution that it has, or watches another. */
  roleOf(executionId: string): Role | undefined {
    return this.#presences.get(executionId)?.role;
  }

  /** To be called after every save: the other tabs read it then. */
  announce(executionId: string): void {
    this.#channel.saved(executionId);
    this.#options.changed?.(executionId);
  }

  override async start(source: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionHandle> {
    return this.#adopt(await super.start(source, inputs, options), 'driving').handle;
  }

  override async fork(executionId: string, options: ForkOptions): Promise<ExecutionHandle> {
    return this.#adopt(await super.fork(executionId, options), 'driving').handle;
  }

  override async change(executionId: string, source: ProgramSource): Promise<ExecutionHandle> {
    return this.#adopt(await super.change(executionId, source), 'driving').handle;
  }

  override async import(bundle: Uint8Array): Promise<ExecutionHandle> {
    return this.#adopt(await super.import(bundle), 'driving').handle;
  }

  override async delete(executionId: string): Promise<void> {
    await super.delete(executionId);
    this.#forget(executionId);
  }

  override async open(executionId: string): Promise<ExecutionHandle> {
    return (this.#presences.get(executionId) ?? (await this.#enter(executionId))).handle;
  }

  async takeOver(executionId: string): Promise<ExecutionHandle> {
    if (!this.#drives(executionId)) {
      await this.#options.leases.steal(executionId);
      try {
        await this.#enter(executionId);
      } finally {
        this.#options.leases.letGo(executionId);
      }
    }
    return this.open(executionId);
  }

  /** Those that another tab drives are not opened, but taken up as soon as that tab has gone. */
  override async recover(): Promise<readonly ExecutionHandle[]> {
    const resumed: ExecutionHandle[] = [];
    for (const { executionId } of await unfinished(this.#options.home.journal)) {
      if (this.#presences.has(executionId)) continue;
      try {
        resumed.push(this.#adopt(await super.open(executionId), 'driving').handle);
      } catch (thrown) {
        if (!isHeddleError(thrown)) throw thrown;
        if (thrown.code === 'LEASE_UNAVAILABLE') this.#standBy.for(executionId);
        // What is damaged is told by the engine that all homes have, which looks at it next.
        else if (thrown.code !== 'NOT_FOUND' && thrown.code !== 'CORRUPT') throw thrown;
      }
    }
    for (const handle of await super.recover()) resumed.push(this.#adopt(handle, 'driving').handle);
    return resumed;
  }

  /** Recovers; when the storage fails it answers all the same, and goes on trying. */
  async resumeAll(pauseMs = firstPauseMs): Promise<readonly ExecutionHandle[]> {
    try {
      return await this.recover();
    } catch (thrown) {
      if (!mayGoOn(thrown)) throw thrown;
      setTimeout(async () => {
        if (this.#closed) return;
        for (const handle of await this.resumeAll(Math.min(pauseMsMax, pauseMs * 2))) this.#options.tookUp?.(handle);
      }, pauseMs);
      return [];
    }
  }

  override pause(executionId: string): Promise<void> {
    return this.#carryOut(executionId, { verb: 'pause', given: [] });
  }

  override resume(executionId: string): Promise<void> {
    return this.#carryOut(executionId, { verb: 'resume', given: [] });
  }

  override cancel(executionId: string, reason?: string, options?: CancelOptions): Promise<void> {
    return this.#carryOut(executionId, { verb: 'cancel', given: [reason, options] });
  }

  override signal(executionId: string, event: string, payload?: unknown): Promise<void> {
    return this.#carryOut(executionId, { verb: 'signal', given: [event, payload] });
  }

  override getStatus(executionId: string): ExecutionStatus {
    return this.#followers.get(executionId)?.execution.status ?? super.getStatus(executionId);
  }

  override getResult(executionId: string): ExecutionResult | undefined {
    const follower = this.#followers.get(executionId);
    return follower === undefined ? super.getResult(executionId) : follower.execution.finishedResult;
  }

  override monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#presences.get(executionId)?.monitor(after) ?? super.monitor(executionId, after);
  }

  override async close(): Promise<void> {
    this.#closed = true;
    this.#standBy.close();
    this.#channel.close();
    for (const follower of this.#followers.values())
      follower.stop({ code: 'ABORTED', message: 'the engine was closed' });
    await super.close();
    await this.#options.closed();
  }

  /** No other tab drives it any more. */
  async #takeUp(executionId: string): Promise<void> {
    const summary = await this.#options.home.journal.summary(executionId);
    if (summary === undefined || isTerminal(summary.status)) return this.#followers.get(executionId)?.sync();
    const { handle, role } = await this.#enter(executionId);
    if (role === 'driving') this.#options.tookUp?.(handle);
  }

  #forget(executionId = ''): void {
    this.#presences.delete(executionId);
    this.#followers.get(executionId)?.stop({ code: 'ABORTED', message: `${executionId} is let go of` });
    this.#followers.delete(executionId);
  }

  #drives(executionId: string): boolean {
    return this.#presences.get(executionId)?.role === 'driving';
  }

  async #carryOut(executionId: string, request: TabRequest): Promise<void> {
    if (this.#followers.has(executionId)) return this.#channel.ask(executionId, request);
    const act = super[request.verb] as (executionId: string, ...given: readonly unknown[]) => Promise<void>;
    return act.call(this, executionId, ...request.given);
  }

  /** Drives the execution if no other tab does, watches it otherwise. */
  #enter(executionId: string): Promise<Presence> {
    const entering =
      this.#entering.get(executionId) ??
      this.#driveOrWatch(executionId).finally(() => this.#entering.delete(executionId));
    this.#entering.set(executionId, entering);
    return entering;
  }

  async #driveOrWatch(executionId: string): Promise<Presence> {
    try {
      return this.#adopt(await super.open(executionId), 'driving');
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'LEASE_UNAVAILABLE') throw thrown;
      const execution = await storedExecution({ ...this.#options.home, leases: this.#options.leases }, executionId);
      if (execution === undefined || this.#closed) throw thrown;
      const follower = new Follower(this.#options.home.journal, execution, () => this.#options.changed?.(executionId));
      this.#followers.set(executionId, follower);
      this.#standBy.for(executionId);
      void follower.sync();
      return this.#adopt(handleOf(this, execution), 'watching');
    }
  }

  #adopt(handle: ExecutionHandle, role: Role): Presence {
    const { id } = handle;
    this.#options.changed?.(id);
    const known = this.#presences.get(id);
    if (known === undefined) {
      const presence = new Presence(handle, role);
      this.#presences.set(id, presence);
      const ended = keepGoing(presence, { closed: () => this.#closed, enter: () => this.#enter(id) });
      // Of one that was given up, the next to open it gets a new presence.
      void ended.then((hasEnded) => this.#forget(hasEnded ? this.#recent.note(id) : id));
      return presence;
    }
    known.become(handle, role);
    if (role === 'driving') {
      const reason = { code: 'LEASE_UNAVAILABLE', message: `this tab has taken execution ${id} over` };
      this.#followers.get(id)?.stop(reason);
      this.#followers.delete(id);
    }
    return known;
  }
}
