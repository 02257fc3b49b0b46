import { evictDurableObject } from 'cloudflare:test';
import { DurableObjectDatabase } from '../../src/adapters/edge/durable-object-database.ts';
import { migrate } from '../../src/adapters/sql/migrations.ts';
import { SqlRecordStore } from '../../src/adapters/sql/sql-record-store.ts';
import { type OpenRecords, recordStoreContract } from '../contract/record-store.contract.ts';
import { freshObject, insideObject } from './inside-object.ts';

async function inObject(object = freshObject()): Promise<OpenRecords> {
  const open = (state: DurableObjectState): SqlRecordStore => {
    const database = new DurableObjectDatabase(state.storage);
    migrate(database);
    return new SqlRecordStore(database);
  };
  return {
    records: await insideObject(open, object),
    reopen: async () => {
      await evictDurableObject(object);
      return inObject(object);
    },
  };
}

recordStoreContract('SQLite of a Durable Object', () => inObject());
