import type { ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import { TimerClock } from '../memory/timer-clock.ts';
import { answer } from './answer.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { ExecutionIndex } from './execution-index.ts';
import { type LimitsService, LocalLimits } from './limits-service.ts';
import type { ProgramService } from './object-services.ts';
import { PermitsTable } from './permits-table.ts';
import type { CountedRecord } from './program-post.ts';
import { RecordsObject } from './records-object.ts';

/** One object per program: its versions, history, profile and breakers, its limits, and the list of its executions. */
export function programObject(): ObjectClass {
  return class ProgramObject extends RecordsObject implements ProgramService {
    readonly #limits: LimitsService;
    readonly #index: ExecutionIndex;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      this.#limits = new LocalLimits(new PermitsTable(this.database), new TimerClock());
      this.#index = new ExecutionIndex(this.database);
    }

    enterLimit(key: string, limit: number, priority: number, holder: string) {
      return this.#limits.enterLimit(key, limit, priority, holder);
    }

    leaveLimit(key: string, holder: string) {
      return this.#limits.leaveLimit(key, holder);
    }

    renewLimits(held: readonly (readonly [string, string])[]) {
      return this.#limits.renewLimits(held);
    }

    passRate(key: string, perSecond: number, priority: number) {
      return this.#limits.passRate(key, perSecond, priority);
    }

    noteExecutions(executions: readonly ExecutionSummary[], records: readonly CountedRecord[]) {
      return answer(() => {
        this.#index.note(executions);
        // A record that cannot be kept is no reason not to list the execution.
        return Promise.all(records.map(({ record, counts }) => answer(() => this.store.putCounted(record, counts))));
      });
    }

    listExecutions(filter: ListFilter) {
      return answer(() => this.#index.list(filter));
    }

    forgetExecutions(executionIds: readonly string[]) {
      return answer(() => this.#index.forget(executionIds));
    }
  };
}
