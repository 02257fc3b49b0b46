import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/engine/event.ts';
import { type PackedEntries, packEntries, unpackEntries } from '../../src/engine/packed-entries.ts';
import { decode, encode } from '../../src/program/canonical.ts';
import type { Value } from '../../src/program/value.ts';

const output = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => ({ value: value as Value })) },
  fc.record({ digest: fc.string(), byteLength: fc.nat() }),
  fc.constant({ list: [null, { value: 1 }] }),
);
const success = fc.record(
  {
    type: fc.constant('AttemptSucceeded' as const),
    node: fc.string(),
    attempt: fc.integer({ min: 1, max: 3 }),
    epoch: fc.integer({ min: 1, max: 2 }),
    output,
    item: fc.nat(),
    undo: fc.constant(true as const),
    cached: fc.boolean(),
    bytes: fc.nat(),
  },
  { requiredKeys: ['type', 'node', 'attempt', 'epoch', 'output'] },
);
const plain = fc.record({
  type: fc.constant('AttemptSucceeded' as const),
  node: fc.string(),
  attempt: fc.integer({ min: 1, max: 2 }),
  epoch: fc.constant(1),
  output: fc.record({ value: fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Value> }),
});
const other = fc.oneof(
  fc.constant({ type: 'Woke' as const }),
  fc.record({ type: fc.constant('CheckpointSaved' as const), checkpointId: fc.string() }),
);

/** As a commit has them: their numbers follow one another, nearly always of one time. */
const entries = fc
  .record({
    events: fc.array(fc.oneof({ weight: 6, arbitrary: plain }, success, other), { maxLength: 30 }),
    first: fc.integer({ min: 1, max: 1e6 }),
    times: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 30, maxLength: 30 }),
    moves: fc.boolean(),
  })
  .map(({ events, first, times, moves }) =>
    events.map((event, at) => ({ ...event, seq: first + at, atMs: moves ? (times[at] ?? 1) : 1_700_000_000_000 })),
  ) as fc.Arbitrary<readonly JournalEntry[]>;

const stored = (packed: PackedEntries) => decode(encode(packed as unknown as Value)) as unknown as PackedEntries;

describe('packed entries', () => {
  it('are the entries they were, whatever stands in them', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const read = unpackEntries(stored(packEntries(written)));
        expect(read).toEqual(decode(encode(written as unknown as Value)));
      }),
      { numRuns: 500 },
    );
  });

  it('of journals from before they were packed are read as they are', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const before = stored(written as unknown as PackedEntries);
        expect(unpackEntries(before)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('of one turn take a third of the bytes', () => {
    const turn: JournalEntry[] = Array.from({ length: 10 }, (_, at) => ({
      ...{ type: 'AttemptSucceeded', node: `t${at}`, attempt: 1, epoch: 1, output: { value: { ok: true } } },
      ...{ seq: at + 1, atMs: 1_700_000_000_000 },
    }));
    const packed = encode(packEntries(turn) as unknown as Value).byteLength;
    expect(packed).toBeLessThan(encode(turn as unknown as Value).byteLength / 3);
  });
});
