import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndHeap } from '../../src/history/end-heap.ts';

test('whatever is put in and taken out in between, the earliest comes first', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.tuple(fc.nat(20), fc.nat(5)))), (steps) => {
      const heap = new EndHeap();
      const model: { endMs: number; node: number }[] = [];
      for (const step of steps) {
        if (step !== null) {
          heap.add(...step);
          model.push({ endMs: step[0], node: step[1] });
          model.sort((a, b) => a.endMs - b.endMs || a.node - b.node);
        } else expect(heap.take()).toEqual(model.shift());
        expect(heap.firstMs).toBe(model[0]?.endMs);
      }
    }),
  );
});
