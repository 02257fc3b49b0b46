import { apply } from '../../engine/apply.ts';
import type { Command } from '../../engine/command.ts';
import type { Event, JournalEntry } from '../../engine/event.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import { entryOf } from './entry.ts';
import { isQuestion, type Question } from './questions.ts';

/** An event on its way to the driver. */
export interface Delivery {
  readonly event: Event;
  /** To be stored in the same commit. */
  readonly checkpoint?: StoredCheckpoint;
}

/** The events of one commit, applied, and what the machine orders because of them. */
export class Turn {
  readonly entries: JournalEntry[] = [];
  readonly atMs: number;
  checkpoint: StoredCheckpoint | undefined;
  readonly #plan: Plan;
  readonly #state: ExecutionState;
  readonly #commands: Command[] = [];
  /** Commands that were looked through for questions. */
  #seen = 0;
  readonly #answered: Question[] = [];

  constructor(plan: Plan, state: ExecutionState, atMs: number) {
    this.#plan = plan;
    this.#state = state;
    this.atMs = atMs;
  }

  take({ event, checkpoint }: Delivery): void {
    const state = this.#state;
    if (checkpoint !== undefined) this.checkpoint = checkpoint;
    if (state.phase === 'finished' && event.type !== 'CheckpointRestored') return;
    const entry = entryOf(event, state.seq + 1, this.atMs);
    this.entries.push(entry);
    apply(this.#plan, state, entry, this.#commands);
  }

  /** What was asked and can be answered now; it is no order any more. */
  nextQuestion(): Question | undefined {
    while (this.#seen < this.#commands.length) {
      const command = this.#commands[this.#seen++] as Command;
      // What is given up in this turn still has something to tell, and what is to be saved has to be saved before the end.
      if (!isQuestion(command) || (command.type === 'FinishExecution' && this.#acts())) continue;
      this.#answered.push(command);
      return command;
    }
    return undefined;
  }

  /** What is to be carried out when all of it is durable, in its order. */
  get orders(): readonly Command[] {
    if (this.#answered.length === 0) return this.#commands;
    const answered = new Set<Command>(this.#answered);
    return this.#commands.filter((command) => !answered.has(command));
  }

  #acts(): boolean {
    return this.#commands.some((command) => !isQuestion(command) && !isQuiet(command));
  }
}

/** What it does gives nobody anything to say. */
function isQuiet({ type }: Command): boolean {
  return type === 'Publish' || type === 'ReleasePermits' || type === 'WakeAt';
}
