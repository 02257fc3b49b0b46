import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyProposal, revertProposal } from '../../src/history/optimise/apply-proposal.ts';
import { proposeOptimisation } from '../../src/history/optimise.ts';
import { type Profile, profileOf } from '../../src/history/profile.ts';
import { programDigest } from '../../src/program/digest.ts';
import type { Program, ProgramNode } from '../../src/program/program.ts';
import { validateProgram } from '../../src/program/validate.ts';
import { nodeRecord, recordOf } from './records.ts';

const m = { module: 'm' } as const;
const programOf = (nodes: Program['nodes'], other: Partial<Program> = {}): Program => ({
  heddle: 1,
  name: 'case',
  nodes,
  ...other,
});
/** Twenty executions that all took the same. */
const seen = (durations: { readonly [id: string]: number }, executions = 20): Profile =>
  profileOf(Array.from({ length: executions }, () => recordOf(durations)));
const changesOf = (
  program: Program,
  profile: Profile,
  options: { slots?: number; floorMs?: number; cpuModules?: string[] } = {},
) =>
  proposeOptimisation(program, profile, { slots: 8, ...options }).changes.map(({ path, from, to }) => [path, from, to]);

describe('timeouts', () => {
  test('three times the 99th percentile, above the floor, where there is none or a shorter one', () => {
    const program = programOf(
      { a: m, b: { ...m, timeoutMs: 800 }, c: { ...m, timeoutMs: 9000 }, d: m, 'e.f': m },
      { strategy: 'sequential' },
    );
    const profile = seen({ a: 500, b: 500.5, c: 500, d: 5, 'e.f': 400 });
    expect(changesOf(program, profile)).toEqual([
      ['nodes.a.timeoutMs', null, 1500],
      ['nodes.b.timeoutMs', 800, 1502],
      ['nodes.d.timeoutMs', null, 1000],
      ['nodes.e.f.timeoutMs', null, 1200],
    ]);
    expect(changesOf(program, profile, { floorMs: 10 })).toContainEqual(['nodes.d.timeoutMs', null, 15]);
  });

  test('nineteen runs are too few; what waits for the world has none', () => {
    expect(changesOf(programOf({ a: m }), seen({ a: 500 }, 19))).toEqual([]);
    expect(changesOf(programOf({ a: { sleepMs: 10 } }), seen({ a: 10 }))).toEqual([]);
  });
});

describe('concurrency', () => {
  const even = programOf({ a: m, b: m, c: m, d: m });
  const long = {
    ...even,
    nodes: Object.fromEntries(Object.keys(even.nodes).map((id) => [id, { ...m, timeoutMs: 99_000 }])),
  };

  test('the fewest slots that lose at most 2 %', () => {
    expect(changesOf(long, seen({ a: 300, b: 100, c: 100, d: 100 }))).toEqual([['limits', null, { concurrency: 2 }]]);
    expect(changesOf(long, seen({ a: 100, b: 101, c: 100, d: 1 }))).toEqual([['limits', null, { concurrency: 3 }]]);
    expect(changesOf({ ...long, limits: { timeoutMs: 5 } }, seen({ a: 300, b: 100, c: 100, d: 100 }))).toEqual([
      ['limits.concurrency', null, 2],
    ]);
  });

  test('a limit that is too narrow is widened, one that is right is left, one slot needs none', () => {
    const profile = seen({ a: 100, b: 100, c: 100, d: 100 });
    const narrow = proposeOptimisation({ ...long, limits: { concurrency: 2 } }, profile, { slots: 8 });
    expect(narrow.changes).toEqual([
      {
        path: 'limits.concurrency',
        from: 2,
        to: 4,
        why: 'With 4 slots instead of 2 it is expected to take 100 instead of 200 ms.',
      },
    ]);
    expect(narrow).toMatchObject({ expectedGainMs: 100, expectedMakespanMs: 100 });
    expect(changesOf({ ...long, limits: { concurrency: 4 } }, profile)).toEqual([]);
    // Limits that are never reached.
    expect(changesOf(long, profile, { slots: 100 })).toEqual([]);
    expect(changesOf({ ...long, limits: { concurrency: 50 } }, profile, { slots: 100 })).toEqual([]);
    expect(changesOf(long, profile, { slots: 4 })).toEqual([]);
    expect(changesOf(long, profile, { slots: 1 })).toEqual([]);
    expect(changesOf({ ...long, strategy: 'sequential' }, profile)).toEqual([]);
  });

  test('items are counted one by one', () => {
    const items = programOf({
      other: { ...m, timeoutMs: 99_000 },
      each: { ...m, timeoutMs: 99_000, forEach: { items: '${input.xs}' } },
    });
    const records = Array.from({ length: 20 }, () =>
      recordOf({}, { nodes: { other: nodeRecord([300]), each: nodeRecord(new Array(6).fill(50)) } }),
    );
    expect(changesOf(items, profileOf(records), { slots: 20 })).toEqual([['limits', null, { concurrency: 2 }]]);
  });
});

test('only modules that are said to compute are moved, and only long ones without a place', () => {
  const program = programOf(
    { a: { module: 'blur@2' }, b: { module: 'blur', runOn: 'inline' }, c: { module: 'ask' }, d: { module: 'blur' } },
    { strategy: 'sequential' },
  );
  const profile = seen({ a: 51, b: 90, c: 90, d: 50 }, 5);
  expect(changesOf(program, profile)).toEqual([]);
  expect(changesOf(program, profile, { cpuModules: ['blur'] })).toEqual([['nodes.a.runOn', null, 'worker']]);
});

test('weights tell the long way from the short one, and the gain is what that wins', () => {
  const nodes: Program['nodes'] = { s1: m, s2: m, long: m, s3: { ...m, needs: ['s1'] }, s4: { ...m, needs: ['s2'] } };
  const proposal = proposeOptimisation(programOf(nodes), seen({ s1: 10, s2: 10, long: 60, s3: 10, s4: 10 }), {
    slots: 2,
  });
  expect(proposal.weights).toEqual({ s1: 10, s2: 10, long: 60, s3: 10, s4: 10 });
  // Without weights the two short ways begin first, because they have more nodes.
  expect(proposal).toMatchObject({ expectedMakespanMs: 60, expectedGainMs: 10 });
});

test('nothing known, nothing proposed', () => {
  const program = programOf({ a: m });
  expect(proposeOptimisation(program, profileOf([]), { slots: 4 })).toMatchObject({
    changes: [],
    weights: {},
    expectedGainMs: 0,
    expectedMakespanMs: 0,
    fromDigest: programDigest(program),
    toDigest: programDigest(program),
  });
});

const nodes = fc.dictionary(
  fc.stringMatching(/^n[a-z.]{0,3}$/),
  fc.record(
    {
      module: fc.constantFrom('cpu', 'm'),
      timeoutMs: fc.integer({ min: 1, max: 5000 }),
      runOn: fc.constantFrom<NonNullable<ProgramNode['runOn']>>('inline', 'worker'),
      summary: fc.string(),
    },
    { requiredKeys: ['module'] },
  ),
  { minKeys: 1, maxKeys: 6 },
);

test('a proposal is valid when applied, and reverting it gives the very same program', () => {
  const some = fc.record({
    nodes,
    limits: fc.constantFrom(undefined, {}, { concurrency: 1 }, { concurrency: 50, timeoutMs: 7 }),
  });
  fc.assert(
    fc.property(some, fc.array(fc.nat(3000), { minLength: 6, maxLength: 6 }), ({ nodes: of, limits }, times) => {
      const program = programOf(of, limits === undefined ? {} : { limits });
      const profile = seen(Object.fromEntries(Object.keys(of).map((id, index) => [id, times[index] ?? 0])));
      const proposal = proposeOptimisation(program, profile, { slots: 3, cpuModules: ['cpu'] });
      expect(JSON.parse(JSON.stringify(proposal))).toEqual(proposal);
      const applied = applyProposal(program, proposal);
      expect(validateProgram(applied)).toMatchObject({ ok: true });
      expect(applied).toEqual(proposal.program);
      expect(Object.keys(applied.nodes)).toEqual(Object.keys(program.nodes));
      const reverted = revertProposal(applied, proposal);
      expect(reverted).toEqual(program);
      expect(programDigest(reverted)).toBe(programDigest(program));
      expect(proposeOptimisation(applied, profile, { slots: 3, cpuModules: ['cpu'] }).changes).toEqual([]);
    }),
  );
});

test('a proposal for another program is refused', () => {
  const program = programOf({ a: m });
  const proposal = proposeOptimisation(program, seen({ a: 500 }), { slots: 4 });
  const other = programOf({ a: { ...m, timeoutMs: 7 } });
  expect(() => applyProposal(other, proposal)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  expect(() => revertProposal(program, proposal)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  expect(applyProposal({ ...program, description: 'in other words' }, proposal).description).toBe('in other words');
});
