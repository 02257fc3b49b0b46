import { apply } from '../../engine/apply.ts';
import type { ErrorData } from '../../errors.ts';
import { type Execution, isEnd } from '../../host/drive/execution.ts';
import { isTerminal } from '../../observe/status.ts';
import type { JournalStore } from '../../ports/journal-store.ts';

/** News may be missed (a tab that died between its commit and telling it), so the journal is also read every so often. */
const everyMs = 1000;

/** Keeps the state of an execution that another tab drives as its journal has it. What it shows is therefore always saved. */
export class Follower {
  readonly execution: Execution;
  readonly #journal: JournalStore;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #changed: () => void;
  #reading: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(journal: JournalStore, execution: Execution, changed: () => void) {
    this.#journal = journal;
    this.#changed = changed;
    this.execution = execution;
    this.#timer = setInterval(() => void this.sync(), everyMs);
  }

  /** Reads what is new. A failing store is told elsewhere, and read again later. */
  sync(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Whoever watches is told why; nothing is said any more after the end. */
  stop(reason: ErrorData): void {
    this.#stop();
    if (!this.execution.feed.ended) this.execution.halt(reason);
  }

  async #read(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#advance();
      } catch {
        return;
      }
    }
  }

  async #advance(): Promise<void> {
    const { execution } = this;
    const { plan, state, feed } = execution;
    const entries = await this.#journal.read(execution.id, state.seq);
    if (this.#stopped) return;
    const facts = entries
      .flatMap((entry) => apply(plan, state, entry))
      .flatMap((command) => (command.type === 'Publish' ? [command.fact] : []));
    if (facts.length > 0) {
      feed.publish(facts);
      this.#changed();
    }
    if (!facts.some(isEnd) && !isTerminal(execution.status)) return;
    this.#stop();
    feed.end();
  }

  #stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
