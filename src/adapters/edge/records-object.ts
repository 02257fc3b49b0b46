import { DurableObject } from 'cloudflare:workers';
import type { Counts } from '../../ports/counts.ts';
import type { CountIn, NewRecord, RecordFilter } from '../../ports/record-store.ts';
import { migrate } from '../sql/migrations.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { SqlRecordStore } from '../sql/sql-record-store.ts';
import { DurableObjectDatabase } from './durable-object-database.ts';
import type { EdgeEnv } from './edge-env.ts';
import { type RecordsService, recordsService } from './records-service.ts';

/** An object that keeps records in its own SQLite, and answers to others who ask for them. */
export class RecordsObject extends DurableObject<EdgeEnv> implements RecordsService {
  protected readonly database: SqlDatabase;
  protected readonly store: SqlRecordStore;
  readonly #service: RecordsService;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.database = new DurableObjectDatabase(ctx.storage);
    migrate(this.database);
    this.store = new SqlRecordStore(this.database);
    this.#service = recordsService(this.store);
  }

  getRecord(scope: string, key: string) {
    return this.#service.getRecord(scope, key);
  }

  putRecord(record: NewRecord, expectedVersion: number | null) {
    return this.#service.putRecord(record, expectedVersion);
  }

  countRecord(scope: string, key: string, changes: Counts) {
    return this.#service.countRecord(scope, key, changes);
  }

  putCountedRecord(record: NewRecord, counts: CountIn) {
    return this.#service.putCountedRecord(record, counts);
  }

  deleteRecord(scope: string, key: string, expectedVersion?: number) {
    return this.#service.deleteRecord(scope, key, expectedVersion);
  }

  listRecords(scope: string, filter: RecordFilter) {
    return this.#service.listRecords(scope, filter);
  }
}
