import type { JournalEntry } from '../engine/event.ts';
import { HeddleError } from '../errors.ts';
import type { Commit } from './journal-store.ts';

/** What every journal store refuses, in the same words. */
export function alreadyExists(executionId: string): HeddleError {
  return new HeddleError({
    code: 'ALREADY_EXISTS',
    message: `execution ${executionId} exists already`,
    hint: 'choose another id',
  });
}

export function notStored(executionId: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
}

/**
 * Why a commit cannot be stored; undefined when it can.
 * @param current the epoch of the last claim @param lastSeq of the last event that is stored
 */
export function commitRefusal(
  { executionId, epoch, entries }: Pick<Commit, 'executionId' | 'epoch' | 'entries'>,
  current: number,
  lastSeq: number,
): HeddleError | undefined {
  if (epoch < current) {
    return new HeddleError({
      code: 'FENCED',
      message: `epoch ${epoch} of execution ${executionId} is over, the current one is ${current}`,
    });
  }
  for (let index = 0; index < entries.length; index++) {
    const { seq } = entries[index] as JournalEntry;
    if (seq === lastSeq + 1 + index) continue;
    return new HeddleError({
      code: 'CONFLICT',
      message: `event ${seq} cannot be stored as event ${lastSeq + 1 + index} of execution ${executionId}`,
    });
  }
  return undefined;
}
