import { apply } from '../../engine/apply.ts';
import { initialState } from '../../engine/checkpoint.ts';
import type { JournalEntry } from '../../engine/event.ts';
import { checkInvariants } from '../../engine/invariants.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { HeddleError, isHeddleError, toErrorData } from '../../errors.ts';
import { isTerminal, statusOf } from '../../observe/status.ts';
import { encode } from '../../program/canonical.ts';
import { sha256Hex } from '../../program/digest.ts';
import { checkProgram } from '../../program/validate.ts';
import type { Lifecycle } from '../begin/lifecycle.ts';
import { childrenOf } from '../drive/children-of.ts';
import type { Custody } from '../drive/custody.ts';
import type { Execution } from '../drive/execution.ts';
import { cancelRequest, pauseRequest, request, resumeRequest } from '../drive/requests.ts';
import type { ExportOptions } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import { planOf } from '../programs/plan-of.ts';
import { asValue } from '../values/estimate-bytes.ts';
import { type BundledExecution, corrupt, packBundle, unpackBundle } from './bundle.ts';
import type { Erasure } from './erasure.ts';

/** What of an execution runs when it is exported may end within that time; what does not runs again elsewhere. */
const settleMs = 2_000;
/** More hosts than any execution ever had. */
const epochsMax = 100_000;
const movedReason = 'moved to another home after event ';

/** Executions going from one home to another, with all they have done. */
export class Transfer {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;
  readonly #erasure: Erasure;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle, erasure: Erasure) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
    this.#erasure = erasure;
  }

  /** @throws NOT_FOUND; NOT_ALLOWED for a sub-program */
  async export(executionId: string, { move, settleMs: waitMs = settleMs }: ExportOptions = {}): Promise<Uint8Array> {
    const root = await this.#lifecycle.open(executionId);
    if (root.state.parent !== null) {
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `execution ${executionId} is a sub-program of ${root.state.parent.executionId}`,
        hint: 'export that one',
      });
    }
    const paused = new Set<Execution>();
    const all = await this.#hold(root, paused, waitMs);
    const bundled: BundledExecution[] = [];
    for (const each of all) bundled.push(await this.#bundled(each, paused.has(each)));
    const bundle = packBundle(bundled);
    if (move === undefined) for (const each of paused) await unlessEnded(request(each, resumeRequest()));
    else await this.#leave(all, bundled, move);
    return bundle;
  }

  /** @throws CORRUPT, ALREADY_EXISTS; those of a program that this home cannot go on with */
  async import(bytes: Uint8Array): Promise<Execution> {
    const [root, ...children] = unpackBundle(bytes);
    const all = [root, ...children];
    const journals = new Map(all.map((each) => [each, this.#verified(each)]));
    const { executionId } = root.header;
    await this.#clear(root);
    // The root last: without it, what was stored before a crash is swept away by the next import.
    for (const each of [...children].reverse()) await this.#store(each, journals.get(each) ?? []);
    await this.#store(root, journals.get(root) ?? []);
    const execution = await this.#lifecycle.open(executionId);
    for (const { header } of children) await unlessEnded(this.#lifecycle.open(header.executionId));
    return execution;
  }

  /** Pauses an execution and its sub-programs, and gives what runs the time to end. */
  async #hold(execution: Execution, paused: Set<Execution>, waitMs: number): Promise<readonly Execution[]> {
    if (execution.status === 'RUNNING' || execution.status === 'PENDING') {
      if (await unlessEnded(request(execution, pauseRequest()))) paused.add(execution);
    }
    if (!isTerminal(execution.status)) await this.#settled(execution, waitMs);
    const all = [execution];
    for (const id of await childrenOf(execution)) {
      const child = await this.#lifecycle.open(id).catch(unlessNotFound);
      if (child !== undefined) all.push(...(await this.#hold(child, paused, waitMs)));
    }
    return all;
  }

  /** Resolves when no module runs any more, or when it has taken too long. */
  #settled({ id, plan, state, feed }: Execution, waitMs: number): Promise<void> {
    const isQuiet = () => [...state.derived.running].every(({ node }) => plan.nodes[node]?.kind === 'program');
    const { clock } = this.#home;
    return new Promise((resolve) => {
      const stop = feed.listen(() => (isQuiet() ? end() : undefined));
      const end = () => {
        stop();
        clock.wakeAt(`${id}#export`, null, end);
        resolve();
      };
      if (isQuiet()) end();
      else clock.wakeAt(`${id}#export`, clock.now() + waitMs, end);
    });
  }

  async #bundled({ id, header }: Execution, wasRunning: boolean): Promise<BundledExecution> {
    const { journal, artifacts } = this.#home;
    const entries = await journal.read(id, 0);
    const found = new Map<string, Uint8Array>();
    for (const digest of await artifacts.list(id)) {
      const bytes = await artifacts.get(id, digest);
      if (bytes !== undefined) found.set(digest, bytes);
    }
    return { header, entries, artifacts: found, wasRunning };
  }

  /** The source of a move ends here, so that it does not run in two homes. */
  async #leave(all: readonly Execution[], bundled: readonly BundledExecution[], move: 'cancel' | 'delete') {
    for (const [index, execution] of all.entries()) {
      if (isTerminal(execution.status)) continue;
      const reason = `${movedReason}${bundled[index]?.entries.length ?? 0}`;
      await unlessEnded(request(this.#custody.get(execution.id), cancelRequest(reason)));
    }
    if (move === 'delete' && all[0] !== undefined) await this.#erasure.erase(all[0].id);
  }

  /** Replays a journal, so that nothing is stored that no host could go on with. @returns what is to be stored */
  #verified({ header, entries, wasRunning }: BundledExecution): readonly JournalEntry[] {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first?.type !== 'ExecutionStarted' || last === undefined) throw corrupt('it has no journal');
    const replayed = this.#replayed(header, first, entries);
    if (isTerminal(statusOf(replayed))) return entries;
    // It is to go on here: its program has to be one that this host would accept.
    checkProgram(header.program, { modules: this.#home.modules, capacity: this.#home.resources?.capacity ?? null });
    if (!wasRunning || statusOf(replayed) !== 'PAUSED') return entries;
    return [...entries, { type: 'ResumeRequested', seq: last.seq + 1, atMs: last.atMs }];
  }

  #replayed(
    { program, executionId }: BundledExecution['header'],
    first: Parameters<typeof initialState>[1],
    entries: readonly JournalEntry[],
  ): ExecutionState {
    try {
      const plan = planOf(this.#home, program, first);
      const state = initialState(plan, first);
      for (const entry of entries) apply(plan, state, entry);
      checkInvariants(plan, state);
      if (state.seq !== entries.length || !(state.epoch >= 0 && state.epoch <= epochsMax))
        throw corrupt('its numbers do not fit');
      return state;
    } catch (thrown) {
      throw corrupt(`the journal of ${executionId} cannot be replayed: ${toErrorData(thrown, 'CORRUPT').message}`);
    }
  }

  /** Makes way: for what has moved away from here and comes back, and for what an import left that was cut short. */
  async #clear(root: BundledExecution): Promise<void> {
    const { journal } = this.#home;
    const { executionId } = root.header;
    if ((await journal.header(executionId)) !== undefined) {
      const entries = await journal.read(executionId, 0);
      if (entries.length > 0 && !comesBack(entries, root.entries)) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `execution ${executionId} exists here, and has not moved away`,
          hint: 'move it with the option `move`, or delete it',
        });
      }
      if (entries.length > 0) await this.#erasure.erase(executionId);
    }
    // Leftovers have no journal that anybody could have gone on with: their root is not there.
    const lease = await this.#custody.hold(executionId);
    try {
      await journal.delete(executionId);
    } finally {
      lease.release();
    }
  }

  /** Whole or not at all: an execution without events is one that never began. */
  async #store({ header, artifacts }: BundledExecution, entries: readonly JournalEntry[]): Promise<void> {
    const { journal, artifacts: store } = this.#home;
    const { executionId } = header;
    await journal.delete(executionId);
    this.#custody.forget(executionId);
    await journal.create(header);
    for (const [digest, bytes] of artifacts) await store.put(executionId, digest, bytes);
    const first = entries[0];
    if (first?.type !== 'ExecutionStarted') throw corrupt('it has no journal');
    const state = this.#replayed(header, first, entries);
    // Epochs go on where they were, so that what ran elsewhere is known to be lost.
    let epoch = await journal.claim(executionId);
    while (epoch < state.epoch) epoch = await journal.claim(executionId);
    await journal.commit({ executionId, epoch, entries, status: statusOf(state), atMs: state.atMs });
  }
}

/** Whether what is here moved away, and what comes was that: it begins as this did until it moved. */
function comesBack(here: readonly JournalEntry[], comes: readonly JournalEntry[]): boolean {
  const cancelled = here.findLast((entry) => entry.type === 'CancelRequested');
  if (cancelled?.type !== 'CancelRequested' || cancelled.reason?.startsWith(movedReason) !== true) return false;
  const until = Number(cancelled.reason.slice(movedReason.length));
  return comes.length >= until && digestOf(here.slice(0, until)) === digestOf(comes.slice(0, until));
}

function digestOf(entries: readonly JournalEntry[]): string {
  return sha256Hex(encode(asValue(entries)));
}

/** @returns false when the execution had ended, or ended before it could be done */
async function unlessEnded(done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (thrown) {
    if (isHeddleError(thrown) && (thrown.code === 'NOT_ALLOWED' || thrown.code === 'LEASE_UNAVAILABLE')) return false;
    throw thrown;
  }
}

function unlessNotFound(thrown: unknown): undefined {
  if (isHeddleError(thrown) && thrown.code === 'NOT_FOUND') return undefined;
  throw thrown;
}
