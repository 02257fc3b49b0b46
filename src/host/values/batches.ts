import { HeddleError } from '../../errors.ts';
import type { ListRef, Value } from '../../program/value.ts';

/**
 * `forEach.batchSize`: a task gets a list of so many items (the last may get fewer) as its `item`, and answers with a list
 * as long; the output of the node is these lists, one after the other. `index` is that of the first item.
 */
export function batchOf(items: readonly Value[], batchSize: number, batch: number) {
  const index = batch * batchSize;
  return { item: items.slice(index, index + batchSize), index };
}

/** @throws BAD_OUTPUT when a task of a batch does not answer with as many outputs as it got items */
export function checkBatchOutput(output: Value, items: number): void {
  if (Array.isArray(output) && output.length === items) return;
  const given = Array.isArray(output) ? `a list of ${output.length}` : `no list`;
  throw new HeddleError({
    code: 'BAD_OUTPUT',
    message: `a batch of ${items} items has to give a list of ${items} outputs, and gave ${given}`,
    hint: 'return one output for each item of `item`, in the same order',
    retryable: false,
  });
}

/** The outputs of the batches as one list; a batch that failed gives null for each of its items. */
export function joinBatches(parts: readonly Value[], { batchSize = 1, itemCount = 0 }: ListRef): readonly Value[] {
  return parts.flatMap((part, index) => {
    if (part !== null) return part as readonly Value[];
    return new Array<null>(Math.min(batchSize, itemCount - index * batchSize)).fill(null);
  });
}
