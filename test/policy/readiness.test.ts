import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readiness } from '../../src/policy/readiness.ts';
import type { Join, Trigger } from '../../src/program/program.ts';

type End = 'succeeded' | 'failed' | 'skipped';
const joins = fc.oneof(fc.constantFrom<Join>('all', 'any'), fc.record({ quorum: fc.integer({ min: 1, max: 6 }) }));
const triggers = fc.constantFrom<Trigger>('success', 'failure', 'always');
const ends = fc.array(fc.constantFrom<End>('succeeded', 'failed', 'skipped'), { maxLength: 6 });

function tally(all: readonly End[], known: number) {
  const seen = all.slice(0, known);
  const count = (end: End) => seen.filter((each) => each === end).length;
  return { total: all.length, succeeded: count('succeeded'), failed: count('failed'), settled: known };
}

test('RD1, RD2 a verdict, once given, is what knowing all the rest would give; and with all known there is one', () => {
  fc.assert(
    fc.property(joins, triggers, ends, (join, trigger, all) => {
      const final = readiness(join, trigger, tally(all, all.length));
      expect(final).not.toBe('wait');
      for (let known = 0; known < all.length; known++) {
        const early = readiness(join, trigger, tally(all, known));
        if (early !== 'wait') expect(early).toBe(final);
      }
    }),
  );
});

test('RD1 a node without dependencies runs', () => {
  for (const join of ['all', 'any', { quorum: 3 }] as const) {
    for (const trigger of ['success', 'failure', 'always'] as const) {
      expect(readiness(join, trigger, tally([], 0))).toBe('run');
    }
  }
});
