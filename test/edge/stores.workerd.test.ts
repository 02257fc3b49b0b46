import { evictDurableObject } from 'cloudflare:test';
import { DurableObjectDatabase } from '../../src/adapters/edge/durable-object-database.ts';
import { migrate } from '../../src/adapters/sql/migrations.ts';
import { SqlArtifactStore } from '../../src/adapters/sql/sql-artifact-store.ts';
import { SqlJournalStore } from '../../src/adapters/sql/sql-journal-store.ts';
import { type OpenStores, storesContract } from '../contract/stores.contract.ts';
import { freshObject, insideObject } from './inside-object.ts';

async function inObject(object = freshObject()): Promise<OpenStores> {
  const database = (state: DurableObjectState): DurableObjectDatabase => {
    const opened = new DurableObjectDatabase(state.storage);
    migrate(opened);
    return opened;
  };
  return {
    journal: await insideObject((state) => new SqlJournalStore(database(state)), object),
    artifacts: await insideObject((state) => new SqlArtifactStore(database(state)), object),
    reopen: async () => {
      await evictDurableObject(object);
      return inObject(object);
    },
  };
}

storesContract('SQLite of a Durable Object', () => inObject());
