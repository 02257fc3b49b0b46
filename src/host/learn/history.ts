import { type ExecutionRecord, tallyExecution } from '../../history/execution-record.ts';
import { type PackedRecord, packRecord, unpackRecord } from '../../history/packed-record.ts';
import { historyMax } from '../../history/profile.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { decode, encode } from '../../program/canonical.ts';
import { utf8 } from '../../program/digest.ts';
import type { Value } from '../../program/value.ts';
import { type Execution, isEnd } from '../drive/execution.ts';
import { estimateBytes } from '../values/estimate-bytes.ts';
import { JsonRecords, programKey } from '../values/json-records.ts';

export interface HistoryOptions {
  readonly records: RecordStore;
  /** Of the resources of this host. */
  readonly capacity?: Readonly<Record<string, number>> | undefined;
  /** Called when a record was kept; `recorded` counts all that ever were of that program. */
  readonly kept: (execution: Execution, recorded: number) => Promise<void>;
}

/** A record as it is stored: whose it is, its key says. */
export type Nameless = Omit<PackedRecord, 'executionId'>;

const scope = 'history';
const erasedId = 'erased';

type Counts = {
  /** Ever. */
  readonly recorded: number;
  /** Of them there are now. */
  readonly kept: number;
};

/** The record of an execution with more nodes tells nothing of them: a thousand of such records would fill the store. */
const nodesMax = 10_000;

/** Records are counted anew so often, which reads them all: a host that dies in between may have left one uncounted. */
const recountEvery = 1000;

/** Records beyond `historyMax` that may be there before the oldest are erased; nobody is shown them. */
const excessMax = 50;

/** Digits of an end time in ms, so that keys rise with it. */
const timeDigits = 16;

/**
 * What executions took, in the records of the home: one record for each, under `<program name>/<end time>/<execution id>`,
 * the newest `historyMax` of every program. Learning is a help: nothing that fails here is told to anybody.
 */
export class History {
  readonly #options: HistoryOptions;
  /** Those of earlier versions are not packed. */
  readonly #records: JsonRecords<Nameless | PackedRecord | ExecutionRecord>;
  readonly #counts: JsonRecords<Counts>;
  readonly #pending = new Set<Promise<void>>();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#records = new JsonRecords(options.records, scope);
    this.#counts = new JsonRecords(options.records, 'history-counts');
  }

  /** Keeps the record of an execution that has ended, unless it is kept already; in the background. */
  note(execution: Execution): void {
    this.run(() => this.#record(execution));
  }

  /** Does something in the background that may fail. */
  run(work: () => Promise<void>): void {
    const done = work()
      .catch(() => undefined)
      .then(() => {
        this.#pending.delete(done);
      });
    this.#pending.add(done);
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Oldest first. @throws STORAGE_FAILED */
  async list(programName: string): Promise<readonly ExecutionRecord[]> {
    await this.settled();
    const stored = (await this.#records.list(`${programKey(programName)}/`)).slice(-historyMax);
    return stored.map(({ key, data }) =>
      unpackRecord('executionId' in data ? data : { ...data, executionId: idIn(key) }),
    );
  }

  /** The newest ones, oldest first, as they are stored, without waiting for what is being written. */
  latest(programName: string, count: number): Promise<readonly (Nameless | PackedRecord | ExecutionRecord)[]> {
    return this.#records.latest(`${programKey(programName)}/`, count);
  }

  /** What was learnt from an execution stays, but no longer whose it is. */
  async forget(programName: string, executionId: string, endedAtMs: number): Promise<void> {
    await this.settled();
    const key = keyOf(programName, endedAtMs, executionId);
    const stored = await this.#options.records.get(scope, key);
    if (stored === undefined) return;
    const bytes = withoutId(stored.bytes);
    for (let number = 1; ; number++) {
      const nameless = keyOf(programName, endedAtMs, `${erasedId}~${number}`);
      if (await this.#options.records.put({ scope, key: nameless, bytes }, null)) break;
    }
    await this.#records.delete(key);
  }

  /** Whether an execution that ended then has its record. */
  async has(programName: string, endedAtMs: number, executionId: string): Promise<boolean> {
    return this.#records.has(keyOf(programName, endedAtMs, executionId));
  }

  async #record(execution: Execution): Promise<void> {
    const { id, state, strategy } = execution;
    const { capacity } = this.#options;
    const header = { ...execution.header, strategy, ...(capacity !== undefined && { capacity }) };
    const { programName } = header;
    if (state.finished === null) return;
    const { atMs } = state.finished;
    const facts = await execution.facts();
    // Whose it is, its key says.
    const { executionId: _, ...record } = packRecord(
      tallyExecution(header, facts, estimateBytes, execution.plan.nodes.length <= nodesMax),
    );
    const name = programKey(programName);
    const key = keyOf(programName, atMs, id);
    const added = await this.#records.addCounted(key, record, this.#counts, name, { recorded: 1, kept: 1 });
    if (added === undefined) return;
    // Set back to a checkpoint after an end, it has ended again: the record of its last end is the one.
    let replaced = 0;
    for (const fact of state.restores > 0 ? facts : []) {
      if (!isEnd(fact) || fact.atMs === atMs) continue;
      if (await this.#records.delete(keyOf(programName, fact.atMs, id))) replaced++;
    }
    const counts = replaced === 0 ? added : await this.#counts.count(name, { recorded: -1, kept: -replaced });
    const { recorded } = await this.#trim(name, counts);
    if (replaced === 0) await this.#options.kept(execution, recorded);
  }

  /** Erases the oldest when there are too many. */
  async #trim(name: string, counts: Counts): Promise<Counts> {
    const kept = counts.recorded % recountEvery === 0 ? (await this.#records.keys(`${name}/`)).length : counts.kept;
    // Erased some at a time: looking for the oldest takes longer than erasing it.
    if (kept <= historyMax + excessMax && kept === counts.kept) return counts;
    const erased = await this.#records.deleteFirst(`${name}/`, Math.max(0, kept - historyMax));
    return this.#counts.count(name, { recorded: 0, kept: kept - counts.kept - erased });
  }
}

/** The execution that a key names; of those that were erased nobody knows any more. */
function idIn(key: string): string {
  const id = key.slice(key.indexOf('/') + timeDigits + 2);
  return /^erased~\d+$/.test(id) ? erasedId : id;
}

/** Records of earlier versions hold the id of their execution. */
function withoutId(bytes: Uint8Array): Uint8Array {
  const name = utf8('executionId');
  for (let at = bytes.indexOf(name[0] as number); at >= 0; at = bytes.indexOf(name[0] as number, at + 1)) {
    if (!name.every((byte, index) => bytes[at + index] === byte)) continue;
    const { executionId: _, ...nameless } = decode(bytes) as { readonly [name: string]: Value };
    return encode(nameless);
  }
  return bytes;
}

function keyOf(programName: string, endedAtMs: number, executionId: string): string {
  const time = String(Math.max(0, Math.round(endedAtMs))).padStart(timeDigits, '0');
  return `${programKey(programName)}/${time}/${executionId}`;
}
