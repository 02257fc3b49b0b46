import { HeddleError, isHeddleError } from '../../errors.ts';

/** Errors of IndexedDB that another try does not mend: only the user can, or nobody. */
const lasting: Readonly<Record<string, string>> = {
  QuotaExceededError: 'the disk or the quota of this site is full: delete executions that are no longer needed',
  VersionError: 'a newer version of this page has opened the database: reload the page',
  DataCloneError: 'a value cannot be stored',
  DataError: 'a key cannot be stored',
  SecurityError: 'this page may not store anything: is it in a frame, or in a private window?',
};

/** Whatever the database threw as STORAGE_FAILED; our own errors stay as they are. */
export function storageError(what: string, thrown: unknown): HeddleError {
  if (isHeddleError(thrown)) return thrown;
  const { name = 'Error', message = String(thrown) } = (thrown ?? {}) as Partial<Error>;
  const hint = lasting[name];
  return new HeddleError({
    code: 'STORAGE_FAILED',
    message: `IndexedDB could not ${what}: ${name}: ${message}`,
    ...(hint !== undefined && { hint }),
    retryable: hint === undefined,
    details: { name },
  });
}

export function tookTooLong(what: string, ms: number, hint: string): HeddleError {
  const message = `IndexedDB could not ${what} within ${ms} ms`;
  return new HeddleError({ code: 'STORAGE_FAILED', message, hint, retryable: true, details: { name: 'TimeoutError' } });
}

/** A failure that no waiting mends: the value itself is at fault. A full disk is not, it may be emptied. */
export function isHopeless(thrown: unknown): boolean {
  if (!isHeddleError(thrown)) return true;
  if (thrown.code !== 'STORAGE_FAILED') return true;
  return ['DataCloneError', 'DataError'].includes(String(thrown.details?.name));
}
