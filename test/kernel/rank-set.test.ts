import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RankSet } from '../../src/kernel/rank-set.ts';

test('behaves like a sorted set, over any adding and deleting', () => {
  const capacity = 5000;
  const move = fc.record({
    add: fc.boolean(),
    member: fc.oneof(fc.integer({ min: 0, max: capacity - 1 }), fc.integer({ min: 0, max: 40 })),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
      const set = new RankSet(capacity);
      const model = new Set<number>();
      for (const { add, member } of moves) {
        if (add) {
          set.add(member);
          model.add(member);
        } else {
          set.delete(member);
          model.delete(member);
        }
        expect(set.first()).toBe(model.size === 0 ? -1 : Math.min(...model));
        expect(set.has(member)).toBe(model.has(member));
      }
    }),
  );
});
