import { HeddleError, isHeddleError } from '../../errors.ts';

/** Runs a piece of work on a database; what the database throws becomes STORAGE_FAILED, our own errors pass. */
export function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (isHeddleError(thrown)) throw thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    // What SQLite itself finds to be broken: SQLITE_CORRUPT and SQLITE_NOTADB.
    if (/malformed|is not a database/i.test(message))
      throw new HeddleError({ code: 'CORRUPT', message: `the database could not ${what}: ${message}` });
    throw new HeddleError({
      code: 'STORAGE_FAILED',
      message: `the database could not ${what}: ${message}`,
      retryable: !/full|too ?big/i.test(message),
    });
  }
}
