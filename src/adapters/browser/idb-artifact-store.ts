import { HeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { sha256Hex } from '../../program/digest.ts';
import { type IdbConnection, quiet } from './idb-connection.ts';

/** Artifacts in IndexedDB, whole: it has no row limit. */
export class IdbArtifactStore implements ArtifactStore {
  readonly #connection: IdbConnection;

  constructor(connection: IdbConnection) {
    this.#connection = connection;
  }

  async put(executionId: string, digest: string, bytes: Uint8Array): Promise<void> {
    await this.#connection.write('store an artifact', ['artifacts'], 'relaxed', async (transaction) => {
      quiet(transaction.objectStore('artifacts').put({ executionId, digest, bytes }));
    });
  }

  get(executionId: string, digest: string): Promise<Uint8Array | undefined> {
    return this.#connection.read('read an artifact', 'artifacts', async (store) => {
      const bytes = (await store.get([executionId, digest]))?.bytes;
      if (bytes === undefined || sha256Hex(bytes) === digest) return bytes;
      throw new HeddleError({
        code: 'CORRUPT',
        message: `artifact ${digest} of execution ${executionId} is not what was stored`,
      });
    });
  }

  list(executionId: string): Promise<readonly string[]> {
    return this.#connection.read('list artifacts', 'artifacts', async (store) => {
      const keys = await store.getAllKeys(IDBKeyRange.bound([executionId, ''], [executionId, '\uffff']));
      return keys.map(([, digest]) => digest);
    });
  }
}
