import type { ExecutionSummary } from '../../ports/journal-store.ts';
import type { Home } from '../home.ts';
import type { Sweep } from '../retention-policy.ts';
import type { Erasure } from './erasure.ts';

const sweepEveryMs = 60_000;
const pageSize = 1000;

/**
 * Erases what need not be kept any longer: when it is told to, and by itself after an end and when a host begins, at most
 * once a minute.
 */
export class Retention {
  readonly #home: Home;
  readonly #erasure: Erasure;
  #sweptAtMs: number | null = null;
  /** Sweeps run one after another. */
  #sweeping: Promise<unknown> = Promise.resolve();

  constructor(home: Home, erasure: Erasure) {
    this.#home = home;
    this.#erasure = erasure;
  }

  /** It is worth a look: an execution has ended, or a host begins. */
  noted(): void {
    if (this.#home.retention === undefined) return;
    const nowMs = this.#home.clock.now();
    if (this.#sweptAtMs !== null && nowMs - this.#sweptAtMs < sweepEveryMs) return;
    this.#sweptAtMs = nowMs;
    // What could not be read or erased now is left to the next sweep.
    this.sweep().catch(() => undefined);
  }

  /** Never touches an execution that has not ended, nor a sub-program whose parent is there. @throws STORAGE_FAILED */
  sweep(): Promise<Sweep> {
    const sweep = this.#sweeping.then(() => this.#sweep());
    this.#sweeping = sweep.catch(() => undefined);
    return sweep;
  }

  async settled(): Promise<void> {
    await this.#sweeping;
  }

  async #sweep(): Promise<Sweep> {
    this.#sweptAtMs = this.#home.clock.now();
    let [executions, failed] = [0, 0];
    for (const { executionId } of await this.#overdue()) {
      try {
        executions += await this.#erasure.erase(executionId);
      } catch {
        // It was set back to a checkpoint, another host has it, or it cannot be read: no reason to keep the others.
        failed++;
      }
    }
    return { executions, records: await this.#home.records.sweep(this.#home.clock.now()), failed };
  }

  /** Found before anything is erased: pages follow one another by executions that are there. */
  async #overdue(): Promise<readonly ExecutionSummary[]> {
    const { maxAgeMs = Number.POSITIVE_INFINITY, maxExecutions = Number.POSITIVE_INFINITY } =
      this.#home.retention ?? {};
    if (maxAgeMs === Number.POSITIVE_INFINITY && maxExecutions === Number.POSITIVE_INFINITY) return [];
    const overdue: ExecutionSummary[] = [];
    const endedBeforeMs = this.#home.clock.now() - maxAgeMs;
    let kept = 0;
    for await (const summary of this.#ended()) {
      if (await this.#hasParent(summary)) continue;
      if (kept >= maxExecutions || summary.updatedAtMs <= endedBeforeMs) overdue.push(summary);
      else kept++;
    }
    return overdue;
  }

  async *#ended(): AsyncGenerator<ExecutionSummary> {
    const status = ['COMPLETED', 'FAILED', 'CANCELLED'] as const;
    for (let before: string | undefined; ; ) {
      const filter = { status, limit: pageSize, ...(before !== undefined && { before }) };
      const page = await this.#home.journal.list(filter);
      yield* page;
      before = page.at(-1)?.executionId;
      if (page.length < pageSize) return;
    }
  }

  /** A sub-program goes with its parent, which still may ask for its result. */
  async #hasParent({ executionId }: ExecutionSummary): Promise<boolean> {
    // Only ids of sub-programs contain a dot and what follows it here; whose they are, their start tells.
    if (!/\.[0-9a-f]{12}$/.test(executionId)) return false;
    const [first] = await this.#home.journal.read(executionId, 0, 1);
    if (first?.type !== 'ExecutionStarted' || first.parent === undefined) return false;
    return (await this.#home.journal.summary(first.parent.executionId)) !== undefined;
  }
}
