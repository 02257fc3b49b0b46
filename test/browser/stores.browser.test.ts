import { IdbArtifactStore } from '../../src/adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import { type OpenStores, storesContract } from '../contract/stores.contract.ts';

let databases = 0;

async function inDatabase(name = `stores-${databases++}`): Promise<OpenStores> {
  const connection = new IdbConnection(name);
  return {
    journal: new IdbJournalStore(connection),
    artifacts: new IdbArtifactStore(connection),
    reopen: async () => {
      await connection.close();
      return inDatabase(name);
    },
  };
}

storesContract('IndexedDB', () => inDatabase());
