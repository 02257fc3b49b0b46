import type { JournalEntry } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';

/** Why entries cannot be stored under that epoch, after that event; undefined when they can. */
export function refusal(
  executionId: string,
  epoch: number,
  current: number,
  lastSeq: number,
  entries: readonly JournalEntry[],
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
