import type { BrowserExecutionEngine } from '../../src/adapters/browser/browser-engine.ts';
import { IdbArtifactStore } from '../../src/adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import type { BrowserEngine } from '../../src/browser.ts';
import type { ExecutionHandle } from '../../src/host/execution-engine.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';
import type { Program } from '../../src/program/program.ts';
import { slots } from '../model/usage.ts';
import { JournalValues } from './journal-values.ts';
import type { LiveExecution, Source } from './source.ts';

/** The executions of this page. */
export class PageSource implements Source {
  readonly kind = 'page';
  readonly label = 'this page';
  readonly #engine: BrowserExecutionEngine;
  readonly #kernel: GraphKernel;
  readonly #capacities: Readonly<Record<string, number>>;
  readonly #journal: IdbJournalStore;
  readonly #artifacts: IdbArtifactStore;

  constructor({ engine, kernel, capacity, workers }: BrowserEngine, databaseName: string) {
    this.#engine = engine;
    this.#kernel = kernel;
    this.#capacities = { ...capacity, [slots]: workers };
    const connection = new IdbConnection(databaseName);
    this.#journal = new IdbJournalStore(connection);
    this.#artifacts = new IdbArtifactStore(connection);
  }

  async start(program: Program, inputs: unknown): Promise<LiveExecution> {
    return this.live(await this.#engine.start(program, inputs));
  }

  async open(executionId: string): Promise<LiveExecution> {
    return this.live(await this.#engine.open(executionId));
  }

  async capacities(): Promise<Readonly<Record<string, number>>> {
    return this.#capacities;
  }

  list(): Promise<readonly ExecutionSummary[]> {
    return this.#engine.list({ limit: 200 });
  }

  readonly exportFile = async (executionId: string, isMove = false): Promise<Blob> => {
    const bundle = await this.#engine.export(executionId, isMove ? { move: 'cancel' } : {});
    return new Blob([Uint8Array.from(bundle)], { type: 'application/cbor' });
  };

  readonly importFile = async (file: Blob): Promise<string> => {
    const { id } = await this.#engine.import(new Uint8Array(await file.arrayBuffer()));
    return id;
  };

  readonly remove = (executionId: string): Promise<void> => this.#engine.delete(executionId);

  /** On load the engine takes up all that no other tab drives. */
  readonly isElsewhere = (executionId: string): boolean => this.#engine.roleOf(executionId) !== 'driving';

  /** An execution the engine has at hand. */
  async live(handle: ExecutionHandle): Promise<LiveExecution> {
    const { id } = handle;
    const program = (await this.#journal.header(id))?.program;
    const engine = this.#engine;
    const reader = { executionId: id, kernel: this.#kernel, journal: this.#journal, artifacts: this.#artifacts };
    return {
      id,
      program,
      get status() {
        return handle.status;
      },
      get isWatched() {
        return engine.roleOf(id) === 'watching';
      },
      takeOver: async () => void (await engine.takeOver(id)),
      monitor: () => handle.monitor(),
      result: () => handle.result(),
      pause: () => handle.pause(),
      resume: () => handle.resume(),
      cancel: () => handle.cancel(),
      signal: (event, payload) => handle.signal(event, payload),
      fork: async (nodeId) => this.live(await engine.fork(id, { from: nodeId })),
      ...(program !== undefined && { values: new JournalValues({ ...reader, program }) }),
    };
  }
}
