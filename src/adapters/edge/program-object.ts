import { DurableObject } from 'cloudflare:workers';
import type { Counts } from '../../ports/counts.ts';
import type { ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import type { NewRecord, RecordFilter } from '../../ports/record-store.ts';
import { TimerClock } from '../memory/timer-clock.ts';
import { migrate } from '../sql/migrations.ts';
import { SqlRecordStore } from '../sql/sql-record-store.ts';
import { answer } from './answer.ts';
import { DurableObjectDatabase } from './durable-object-database.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { ExecutionIndex } from './execution-index.ts';
import { type LimitsService, LocalLimits } from './limits-service.ts';
import { PermitsTable } from './permits-table.ts';
import { type RecordsService, recordsService } from './records-service.ts';
import type { ProgramService } from './tenant-objects.ts';

/** One object per program: its versions, history, profile and breakers, its limits, and the list of its executions. */
export function programObject(): ObjectClass {
  return class ProgramObject extends DurableObject<EdgeEnv> implements ProgramService {
    readonly #records: RecordsService;
    readonly #limits: LimitsService;
    readonly #index: ExecutionIndex;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      const database = new DurableObjectDatabase(ctx.storage);
      migrate(database);
      this.#records = recordsService(new SqlRecordStore(database));
      this.#limits = new LocalLimits(new PermitsTable(database), new TimerClock());
      this.#index = new ExecutionIndex(database);
    }

    getRecord(scope: string, key: string) {
      return this.#records.getRecord(scope, key);
    }

    putRecord(record: NewRecord, expectedVersion: number | null) {
      return this.#records.putRecord(record, expectedVersion);
    }

    countRecord(scope: string, key: string, changes: Counts) {
      return this.#records.countRecord(scope, key, changes);
    }

    deleteRecord(scope: string, key: string, expectedVersion?: number) {
      return this.#records.deleteRecord(scope, key, expectedVersion);
    }

    listRecords(scope: string, filter: RecordFilter) {
      return this.#records.listRecords(scope, filter);
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

    noteExecutions(executions: readonly ExecutionSummary[]) {
      return answer(() => this.#index.note(executions));
    }

    listExecutions(filter: ListFilter) {
      return answer(() => this.#index.list(filter));
    }

    forgetExecutions(executionIds: readonly string[]) {
      return answer(() => this.#index.forget(executionIds));
    }
  };
}
