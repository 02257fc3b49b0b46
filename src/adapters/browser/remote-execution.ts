import type { ExecutionHandle } from '../../host/execution-engine.ts';
import type { ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { Standing } from './engine-protocol.ts';
import type { Line } from './line.ts';
import { type PackedUpdate, unpackResult, unpackUpdate } from './packed-result.ts';
import type { Role } from './presence.ts';

/** An execution of an engine on another thread: how it stood when that last said so, before anything it answered since. */
export class RemoteExecution implements ExecutionHandle {
  readonly id: string;
  readonly #line: Line;
  #standing: Standing;
  #result: ExecutionResult | undefined;

  constructor(line: Line, standing: Standing) {
    this.#line = line;
    this.id = standing.id;
    this.#standing = standing;
    this.stands(standing);
  }

  stands(standing: Standing): void {
    this.#standing = standing;
    this.#result = standing.result === undefined ? undefined : unpackResult(standing.result);
  }

  get status(): ExecutionStatus {
    return this.#standing.status;
  }

  get role(): Role | undefined {
    return this.#standing.role;
  }

  get finishedResult(): ExecutionResult | undefined {
    return this.#result;
  }

  async result(): Promise<ExecutionResult> {
    return this.finishedResult ?? unpackResult(await this.#line.ask('result', this.id));
  }

  monitor(after?: number): RemoteUpdates {
    return new RemoteUpdates(this.#line, this.id, after);
  }

  update(): Promise<ExecutionUpdate> {
    return this.#line.ask('update', this.id);
  }

  events: ExecutionHandle['events'] = (after, limit) => this.#line.ask('events', this.id, after, limit);
  pause: ExecutionHandle['pause'] = () => this.#line.ask('pause', this.id);
  resume: ExecutionHandle['resume'] = () => this.#line.ask('resume', this.id);
  cancel: ExecutionHandle['cancel'] = (reason, options) => this.#line.ask('cancel', this.id, reason, options);
  signal: ExecutionHandle['signal'] = (event, payload) => this.#line.ask('signal', this.id, event, payload);
}

type Step = IteratorResult<ExecutionUpdate, undefined>;
const over: Step = { done: true, value: undefined };

/** Updates are asked for one by one, so that a page that lags is sent no more than it takes. */
export class RemoteUpdates implements AsyncIterableIterator<ExecutionUpdate, undefined> {
  readonly #line: Line;
  readonly #executionId: string;
  readonly #after: number | undefined;
  #watched: Promise<number> | null = null;
  #leave: () => void = () => undefined;
  readonly #left: Promise<void>;
  #over = false;

  constructor(line: Line, executionId: string, after: number | undefined) {
    this.#line = line;
    this.#executionId = executionId;
    this.#after = after;
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    if (this.#over) return over;
    this.#watched ??= this.#line.ask<number>('watch', this.#executionId, this.#after);
    try {
      const watched = await this.#watched;
      const asked = this.#line.ask<ExecutionUpdate | PackedUpdate | null>('next', watched);
      const update = await Promise.race([asked, this.#left]);
      if (update !== null && update !== undefined) return { done: false, value: unpackUpdate(update) };
      await this.return();
      return over;
    } catch (thrown) {
      await this.return();
      throw thrown;
    }
  }

  async return(): Promise<Step> {
    if (this.#over) return over;
    this.#over = true;
    this.#leave();
    this.#watched?.then(
      (watched) => this.#line.tell('unwatch', watched),
      () => undefined,
    );
    return over;
  }
}
