import { HeddleError, isHeddleError } from '../../errors.ts';
import type { CancelOptions, ExecutionHandle } from '../../host/execution-engine.ts';
import type { ExecutionEvent, ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import { type ExecutionStatus, isTerminal } from '../../observe/status.ts';
import type { Http } from './http.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { readEvent, readResult, readUpdate, type Wire } from './views.ts';

interface StatusAnswer {
  readonly executionId: string;
  readonly status: ExecutionStatus;
}

/** No execution has so many events: whoever goes on after it hears of the end alone. */
const afterAll = 999_999_999_999_999;

/** An execution of a service. What is known of it without asking is as of the last answer. */
export class RemoteExecution implements ExecutionHandle {
  readonly id: string;
  readonly #http: Http;
  readonly #path: string;
  #status: ExecutionStatus;
  #result: ExecutionResult | undefined;

  constructor(http: Http, { executionId, status }: StatusAnswer) {
    this.#http = http;
    this.id = executionId;
    this.#status = status;
    this.#path = `/v1/executions/${encodeURIComponent(executionId)}`;
  }

  get status(): ExecutionStatus {
    return this.#status;
  }

  /** Once {@link result} has asked for it. */
  get finishedResult(): ExecutionResult | undefined {
    return this.#result;
  }

  heard(status: ExecutionStatus): void {
    this.#status = status;
  }

  async result(): Promise<ExecutionResult> {
    for (let tries = 0; this.#result === undefined; tries++) {
      try {
        if (!isTerminal(this.#status)) await this.#ended();
        const result = readResult(await this.#http.json<Wire<ExecutionResult>>('GET', `${this.#path}/result`));
        this.#status = result.status;
        this.#result = result;
      } catch (thrown) {
        // The connection was lost before the end, or what had ended goes on from a checkpoint.
        if (!isHeddleError(thrown) || thrown.details?.status !== 409) throw thrown;
        this.#status = 'RUNNING';
        await this.#http.delay(Math.min(tries, 5));
      }
    }
    return this.#result;
  }

  async *monitor(after = 0): AsyncGenerator<ExecutionUpdate, void, void> {
    let last = after;
    for (let fruitless = 0; ; fruitless++) {
      let pending: ExecutionEvent[] = [];
      const leave = new AbortController();
      try {
        const body = await this.#stream(last, leave.signal);
        for await (const { id, event, data } of serverSentEvents(body, this.#http.closed)) {
          if (event === 'UPDATE') {
            const update = readUpdate(JSON.parse(data) as Wire<ExecutionUpdate>, pending);
            pending = [];
            this.#status = update.status;
            yield update;
            continue;
          }
          pending.push(readEvent(JSON.parse(data) as Wire<ExecutionEvent>));
          if (id === undefined) continue;
          last = Number(id);
          fruitless = 0;
        }
      } catch (thrown) {
        this.#http.checkOpen();
        if (thrown instanceof HeddleError || fruitless >= 5) throw thrown;
      } finally {
        leave.abort();
      }
      const figures = await this.update();
      // The connection broke between events and their figures.
      if (pending.length > 0) yield { ...figures, events: pending };
      const isOver = isTerminal(figures.status);
      if (isOver && (await this.events(last, 1)).length === 0) return;
      if (!isOver) await this.#http.delay(fruitless);
    }
  }

  async update(): Promise<ExecutionUpdate> {
    const update = readUpdate(await this.#http.json<Wire<ExecutionUpdate>>('GET', this.#path), []);
    this.#status = update.status;
    return update;
  }

  async events(after = 0, limit = Number.POSITIVE_INFINITY): Promise<readonly ExecutionEvent[]> {
    const events: ExecutionEvent[] = [];
    for (let next: string | undefined = String(after); next !== undefined && events.length < limit; ) {
      const query = { after: next, limit: Math.min(1000, limit - events.length) };
      const page: { readonly items: readonly Wire<ExecutionEvent>[]; readonly next?: string } = await this.#http.json(
        'GET',
        `${this.#path}/events`,
        { query },
      );
      events.push(...page.items.map(readEvent));
      next = page.next;
    }
    return events;
  }

  pause(): Promise<void> {
    return this.#ask('pause');
  }

  resume(): Promise<void> {
    return this.#ask('resume');
  }

  cancel(reason?: string, { graceMs }: CancelOptions = {}): Promise<void> {
    return this.#ask('cancel', { reason, graceMs });
  }

  signal(event: string, payload: unknown = null): Promise<void> {
    return this.#ask(`signals/${encodeURIComponent(event)}`, { payload });
  }

  async #ask(what: string, body?: object): Promise<void> {
    const { status } = await this.#http.json<StatusAnswer>('POST', `${this.#path}/${what}`, { body });
    this.#status = status;
  }

  /** Resolves at the end, or when the connection is lost. */
  async #ended(): Promise<void> {
    const leave = new AbortController();
    try {
      for await (const _ of serverSentEvents(await this.#stream(afterAll, leave.signal), this.#http.closed));
    } catch (thrown) {
      this.#http.checkOpen();
      if (thrown instanceof HeddleError) throw thrown;
    } finally {
      leave.abort();
    }
  }

  async #stream(after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
    const response = await this.#http.answer('GET', `${this.#path}/events`, {
      headers,
      signal,
      query: { updates: 'true' },
    });
    return response.body as ReadableStream<Uint8Array>;
  }
}
