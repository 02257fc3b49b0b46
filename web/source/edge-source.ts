import { isHeddleError } from '../../src/errors.ts';
import type { ExecutionEvent, ExecutionResult, ExecutionUpdate } from '../../src/host/view/execution-view.ts';
import { type ExecutionStatus, isTerminal } from '../../src/observe/status.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';
import type { Program } from '../../src/program/program.ts';
import type { EdgeClient } from './edge-client.ts';
import type { LiveExecution, LiveUpdate, Source } from './source.ts';
import { readSse } from './sse.ts';

const retryMs = 1000;
const failuresMax = 60;

/** The executions of an edge, over its HTTP API. */
export class EdgeSource implements Source {
  readonly kind = 'edge';
  readonly label: string;
  readonly #client: EdgeClient;
  /** Those begun here: the API need not list any. */
  readonly #known = new Map<string, ExecutionSummary & { readonly program: Program }>();

  constructor(client: EdgeClient) {
    this.#client = client;
    this.label = client.url;
  }

  async start(program: Program, inputs: unknown): Promise<LiveExecution> {
    const { executionId } = await this.#client.post<{ executionId: string }>('/v1/executions', { program, inputs });
    this.#know(executionId, program, 'RUNNING');
    return this.#live(executionId, 'RUNNING', program);
  }

  async open(executionId: string): Promise<LiveExecution> {
    const { status } = await this.#update(executionId);
    const program = this.#known.get(executionId)?.program ?? (await this.#programOf(executionId));
    return this.#live(executionId, status, program);
  }

  async capacities(): Promise<Readonly<Record<string, number>>> {
    const told = await this.#client.get<Readonly<Record<string, { capacity: number }>>>('/v1/resources');
    return Object.fromEntries(Object.entries(told).map(([type, { capacity }]) => [type, capacity]));
  }

  async list(): Promise<readonly ExecutionSummary[]> {
    try {
      const { items } = await this.#client.get<{ items: readonly ExecutionSummary[] }>('/v1/executions');
      return items;
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
    }
    return Promise.all(
      [...this.#known.values()].reverse().map(async (summary) => {
        const { status } = await this.#update(summary.executionId);
        return { ...summary, status };
      }),
    );
  }

  readonly exportFile = async (executionId: string, isMove = false): Promise<Blob> => {
    const path = `/v1/executions/${encodeURIComponent(executionId)}/export${isMove ? '?move=cancel' : ''}`;
    return (await this.#client.request(path)).blob();
  };

  readonly importFile = async (file: Blob, program?: Program): Promise<string> => {
    const headers = { 'content-type': 'application/cbor' };
    const response = await this.#client.request('/v1/executions:import', { method: 'POST', headers, body: file });
    const { executionId, status } = (await response.json()) as { executionId: string; status: ExecutionStatus };
    if (program !== undefined) this.#know(executionId, program, status);
    return executionId;
  };

  readonly remove = async (executionId: string): Promise<void> => {
    await this.#client.request(`/v1/executions/${encodeURIComponent(executionId)}`, { method: 'DELETE' });
    this.#known.delete(executionId);
  };

  #know(executionId: string, program: Program, status: ExecutionStatus): void {
    const nowMs = Date.now();
    this.#known.set(executionId, {
      ...{ executionId, program, programName: program.name, programDigest: '', status },
      ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
    });
  }

  #update(executionId: string): Promise<ExecutionUpdate> {
    return this.#client.get(`/v1/executions/${encodeURIComponent(executionId)}`);
  }

  async #programOf(executionId: string): Promise<Program | undefined> {
    const path = `/v1/executions/${encodeURIComponent(executionId)}/program`;
    return this.#client.get<Program>(path).catch(() => undefined);
  }

  #live(id: string, initial: ExecutionStatus, program: Program | undefined): LiveExecution {
    const path = `/v1/executions/${encodeURIComponent(id)}`;
    let status = initial;
    const order = async (verb: string): Promise<void> => {
      ({ status } = await this.#client.post<{ status: ExecutionStatus }>(`${path}/${verb}`));
    };
    const told = (update: LiveUpdate): LiveUpdate => {
      status = update.status;
      return update;
    };
    return {
      id,
      program,
      get status() {
        return status;
      },
      monitor: () => this.#monitor(id, path, told),
      result: async () => dated(await this.#client.get<ExecutionResult>(`${path}/result`)),
      pause: () => order('pause'),
      resume: () => order('resume'),
      cancel: () => order('cancel'),
      fork: async (nodeId) => {
        const forked = await this.#client.post<{ executionId: string }>(`${path}/fork`, { from: nodeId });
        return this.#live(forked.executionId, 'RUNNING', program);
      },
      signal: async (event, payload) => {
        await this.#client.post(`${path}/signals/${encodeURIComponent(event)}`, { payload });
      },
    };
  }

  /** The event stream, taken up again after the last event whenever it breaks. */
  async *#monitor(id: string, path: string, told: (update: LiveUpdate) => LiveUpdate): AsyncGenerator<LiveUpdate> {
    let after = 0;
    for (let failures = 0; ; ) {
      try {
        const response = await this.#client.request(`${path}/events?after=${after}`, {
          headers: { accept: 'text/event-stream' },
        });
        for await (const messages of readSse(response.body as ReadableStream<Uint8Array>)) {
          const events = messages.map(({ data }) => withDate(JSON.parse(data) as ExecutionEvent));
          for (const { id: eventId } of events) if (eventId !== 'live') after = Number(eventId);
          const { status, progress } = await this.#update(id);
          failures = 0;
          yield told({ status, progress, events });
        }
        const { status, progress } = await this.#update(id);
        yield told({ status, progress, events: [] });
        if (isTerminal(status)) return;
      } catch (thrown) {
        // What is known stays on the screen; an answer that is no, or a long silence, is told.
        if (!isPassing(thrown) || ++failures > failuresMax) throw thrown;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** Unreachable, or broken off in the middle of the stream. */
const isPassing = (thrown: unknown): boolean => (isHeddleError(thrown) ? thrown.retryable === true : true);

const withDate = (event: ExecutionEvent): ExecutionEvent => ({ ...event, timestamp: new Date(event.timestamp) });

const dated = (result: ExecutionResult): ExecutionResult => ({
  ...result,
  startedAt: new Date(result.startedAt),
  timeline: result.timeline.map(withDate),
});
