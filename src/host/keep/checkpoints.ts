import type { PublishedFact } from '../../engine/command.ts';
import type { CheckpointRestored } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import type { Lifecycle } from '../begin/lifecycle.ts';
import { decodeCheckpoint } from '../drive/boot.ts';
import type { Custody } from '../drive/custody.ts';
import { type Execution, isEnd } from '../drive/execution.ts';
import type { Home } from '../home.ts';
import { notAllowed } from '../refusals.ts';
import type { ExecutionCheckpoint } from '../view/checkpoint-view.ts';
import { viewCheckpoint } from '../view/checkpoint-view.ts';

/** Saved states, and going back to them. */
export class Checkpoints {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
  }

  async create(executionId: string): Promise<ExecutionCheckpoint> {
    const execution = this.#custody.get(executionId);
    if (isTerminal(execution.status)) throw notAllowed(execution, 'a checkpoint');
    const checkpointId = this.#home.random.id('cp');
    const event = { type: 'CheckpointRequested', checkpointId } as const;
    await execution.ask(event, (fact) => fact.checkpointId === checkpointId || isEnd(fact));
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored === undefined) throw notAllowed(execution, 'a checkpoint');
    return view(execution, stored);
  }

  /** Of an execution this engine has started or opened, oldest first. */
  async list(executionId: string): Promise<readonly ExecutionCheckpoint[]> {
    const execution = this.#custody.get(executionId);
    const found: ExecutionCheckpoint[] = [];
    for (const { checkpointId } of await this.#home.journal.checkpoints(executionId)) {
      const stored = await this.#home.journal.checkpoint(checkpointId);
      if (stored !== undefined) found.push(view(execution, stored));
    }
    return found;
  }

  async restore(checkpointId: string): Promise<Execution> {
    const stored = await this.#stored(checkpointId);
    const known = this.#custody.find(stored.executionId);
    if (known?.driven) {
      await known.ask(this.restoration(stored, known.state.epoch), (fact) => isRestored(fact, checkpointId));
      return known;
    }
    const lease = await this.#custody.hold(stored.executionId);
    try {
      const execution = await this.#lifecycle.load(stored.executionId);
      execution.feed.reopen();
      const epoch = await this.#home.journal.claim(stored.executionId);
      const restored = execution.until((fact) => isRestored(fact, checkpointId));
      this.#custody.drive(execution, lease, epoch, this.restoration(stored, epoch));
      await restored;
      return execution;
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  async executionOf(checkpointId: string): Promise<string> {
    return (await this.#stored(checkpointId)).executionId;
  }

  async #stored(checkpointId: string): Promise<StoredCheckpoint> {
    const stored = await this.#home.journal.checkpoint(checkpointId);
    if (stored !== undefined) return stored;
    throw new HeddleError({ code: 'NOT_FOUND', message: `no checkpoint ${checkpointId}` });
  }

  /** The event that sets an execution back. */
  restoration(stored: StoredCheckpoint, epoch: number): CheckpointRestored {
    const { checkpointId } = stored;
    const checkpoint = decodeCheckpoint(stored);
    return { type: 'CheckpointRestored', checkpointId, checkpoint, epoch, slots: this.#home.runner.slots };
  }
}

function view(execution: Execution, stored: StoredCheckpoint): ExecutionCheckpoint {
  return viewCheckpoint(execution.plan, decodeCheckpoint(stored), stored);
}

function isRestored({ type, checkpointId: of }: PublishedFact, checkpointId: string): boolean {
  return type === 'RECOVERY_INITIATED' && of === checkpointId;
}
