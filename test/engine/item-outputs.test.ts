import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadState, saveState } from '../../src/engine/checkpoint.ts';
import { ItemOutputs } from '../../src/engine/item-outputs.ts';
import type { Checkpoint } from '../../src/engine/saved-state.ts';
import { decode, encode } from '../../src/program/canonical.ts';
import type { ListRef, Value, ValueRef } from '../../src/program/value.ts';
import { Machine } from './machine.ts';

const output = fc.oneof(
  fc.constant(null),
  fc.integer().map((value) => ({ value })),
  fc.record({ digest: fc.string({ minLength: 1 }), byteLength: fc.nat() }),
);
const change = fc.oneof(
  fc.record({ at: fc.nat(), output }),
  fc.constantFrom('save' as const, 'load' as const, 'read' as const),
);

describe('the outputs of items', () => {
  test('are a list, however often they are saved, loaded and read in between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1600 }), fc.array(change, { maxLength: 40 }), (length, changes) => {
        const plain: (ValueRef | null)[] = new Array(length).fill(null);
        let outputs = new ItemOutputs(length);
        for (const each of changes) {
          if (each === 'save') outputs.save();
          else if (each === 'load') outputs = new ItemOutputs(length, outputs.save());
          else if (each === 'read') expect(outputs.ref({}).list).toEqual(plain);
          else {
            plain[each.at % length] = each.output;
            outputs.set(each.at % length, each.output);
          }
        }
        expect(outputs.ref({})).toEqual({ list: plain });
        const pages = outputs.save();
        expect(pages.flatMap((page) => decode(page) as unknown[])).toEqual(plain);
        expect(outputs.savedBytes).toBe(pages.reduce((sum, { byteLength }) => sum + byteLength, 0));
      }),
      { numRuns: 300 },
    );
  });

  test('that are not those of a page are told when they are read', () => {
    const [page = new Uint8Array()] = ItemOutputs.of([{ value: 1 }, null]).save();
    for (const bytes of [page.slice(0, -1), encode([{ value: 1 }]), encode('nothing')]) {
      const outputs = new ItemOutputs(2, [bytes]);
      expect(() => outputs.ref({}).list).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    }
  });
});

describe('a checkpoint', () => {
  const fanned = (batchSize?: number): Machine => {
    const forEach = { items: '${input}', ...(batchSize !== undefined && { batchSize }) };
    const machine = new Machine({ a: { forEach }, b: { needs: ['a'] } });
    machine.feed({ type: 'ItemsResolved', node: 'a', outcome: { count: 3, ...(batchSize && { itemCount: 5 }) } });
    machine.succeed('a[0]', 'a[1]', 'a[2]');
    return machine;
  };
  const stored = (checkpoint: Checkpoint) => decode(encode(checkpoint as unknown as Value)) as unknown as Checkpoint;

  test.each([undefined, 2])(
    'ST3 has the outputs of items once, and gives them back as they were (batches of %s)',
    (size) => {
      const { plan, state } = fanned(size);
      const checkpoint = stored(saveState(state));
      expect(checkpoint.state.tasks[0]?.output).toBe('items');
      const loaded = loadState(plan, checkpoint);
      expect(loaded.tasks[0]?.output).toEqual(state.tasks[0]?.output);
      expect(stored(saveState(loaded))).toEqual(checkpoint);
    },
  );

  test('ST3 of the version before, with the outputs as a plain list, is read', () => {
    const { plan, state } = fanned();
    const { version: _, state: now, ...more } = saveState(state);
    const list = (state.tasks[0] as { output: ListRef | null } | undefined)?.output?.list ?? [];
    const before = {
      ...more,
      version: 2 as const,
      state: { ...now, tasks: state.tasks, fanOuts: now.fanOuts.map((fanOut) => ({ ...fanOut, outputs: list })) },
    };
    const loaded = loadState(plan, stored(before));
    expect(loaded.tasks).toEqual(state.tasks);
    expect(loaded.fanOuts.get(0)?.outputs.save()).toEqual(state.fanOuts.get(0)?.outputs.save());
  });
});
