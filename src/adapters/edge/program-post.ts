import { HeddleError } from '../../errors.ts';
import type { Counts } from '../../ports/counts.ts';
import type { ExecutionSummary } from '../../ports/journal-store.ts';
import type { CountIn, NewRecord } from '../../ports/record-store.ts';
import { type Answer, ask } from './answer.ts';

/** A record that is put and counted in one step. */
export interface CountedRecord {
  readonly record: NewRecord;
  readonly counts: CountIn;
}

/** What the object of a program is told of its executions: how they stand, and what they took. */
export interface PostService {
  /** @returns what came of each of the records: the counts after it, undefined where there was one already */
  noteExecutions(
    executions: readonly ExecutionSummary[],
    records: readonly CountedRecord[],
  ): Promise<Answer<readonly Answer<Counts | undefined>[]>>;
}

interface Waiting extends CountedRecord {
  readonly program: string;
  stored(counts: Counts | undefined): void;
  failed(thrown: unknown): void;
}

/**
 * What goes to the objects of programs. What an execution took is known in the turn in which it ends, and in that turn or the next its
 * program is told of the end: both go in one message, which is one commit there.
 */
export class ProgramPost {
  readonly #service: (program: string) => PostService;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param service a new stub each time: one that has failed stays broken */
  constructor(service: (program: string) => PostService) {
    this.#service = service;
  }

  /** Goes with what the program is told next, at the latest in a turn of its own. */
  putCounted(program: string, counted: CountedRecord): Promise<Counts | undefined> {
    return new Promise((stored, failed) => {
      this.#waiting.push({ ...counted, program, stored, failed });
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        for (const each of new Set(this.#waiting.map((waiting) => waiting.program)))
          this.note(each, []).catch(() => undefined);
      }, 0);
    });
  }

  async note(program: string, executions: readonly ExecutionSummary[]): Promise<void> {
    const along = this.#waiting.filter((waiting) => waiting.program === program);
    this.#waiting = this.#waiting.filter((waiting) => waiting.program !== program);
    const records = along.map(({ record, counts }) => ({ record, counts }));
    try {
      const told = await ask('a program could not be told', () =>
        this.#service(program).noteExecutions(executions, records),
      );
      along.forEach(({ stored, failed }, index) => {
        const came = told[index];
        if (came === undefined || 'value' in came) stored(came?.value);
        else failed(new HeddleError(came.error));
      });
    } catch (thrown) {
      for (const { failed } of along) failed(thrown);
      throw thrown;
    }
  }
}
