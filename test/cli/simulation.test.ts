import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SimulationOptions, simulate } from '../../src/cli/simulation.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { strategies } from '../../src/plan/strategy.ts';
import type { Program, ProgramNode, Strategy } from '../../src/program/program.ts';
import { flaws } from './schedule.ts';

const strategyNames = Object.keys(strategies) as Strategy[];

function programOf(edges: readonly (readonly [number, number])[], nodes: number): Program {
  const needs = (to: number) => edges.filter((edge) => edge[1] === to).map(([from]) => `n${from}`);
  return {
    heddle: 1,
    name: 'made up',
    nodes: Object.fromEntries(
      Array.from({ length: nodes }, (_, index): [string, ProgramNode] => [
        `n${index}`,
        { module: 'm', needs: [...new Set(needs(index))] },
      ]),
    ),
  };
}

function run(program: Program, options: Partial<SimulationOptions> & { workers: number }) {
  return simulate(program, {
    kernel: createJsKernel(),
    msPerUnit: 1000,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...options,
  });
}

const anyProgram = fc.integer({ min: 1, max: 30 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(
      fc
        .tuple(fc.nat(nodes - 1), fc.nat(nodes - 1))
        .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
      { maxLength: 60 },
    ),
    durations: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })), {
      minLength: nodes,
      maxLength: nodes,
    }),
    workers: fc.integer({ min: 1, max: 8 }),
    strategy: fc.constantFrom(...strategyNames),
  }),
);

test('every schedule is valid and within the bounds of list scheduling (Graham 1969)', async () => {
  await fc.assert(
    fc.asyncProperty(anyProgram, async ({ nodes, edges, durations, workers, strategy }) => {
      const program = programOf(
        edges.filter(([from, to]) => from !== to),
        nodes,
      );
      const { status, makespan, lowerBound, events, tasksExecuted } = await run(program, {
        workers,
        strategy,
        durations: Float64Array.from(durations),
      });
      const total = durations.reduce((sum, duration) => sum + duration, 0);
      const used = strategy === 'sequential' ? 1 : workers;
      expect([status, tasksExecuted, events.length]).toEqual(['COMPLETED', nodes, nodes]);
      expect(flaws(program, events, workers, (id) => durations[Number(id.slice(1))] ?? 0)).toEqual([]);
      expect(makespan).toBeGreaterThanOrEqual(lowerBound - 1e-5);
      // Graham's bound with the critical path taken from below by the lower bound of unlimited workers.
      const { lowerBound: criticalPath } = await run(program, {
        workers: 100_000,
        durations: Float64Array.from(durations),
      });
      expect(makespan).toBeLessThanOrEqual(total / used + (1 - 1 / used) * criticalPath + 1e-5);
    }),
    { numRuns: 150 },
  );
});

test('the same simulation gives the same schedule', async () => {
  const program = programOf(
    [
      [0, 2],
      [1, 2],
      [0, 3],
    ],
    6,
  );
  expect(await run(program, { workers: 2 })).toEqual(await run(program, { workers: 2 }));
});

describe('a stop', () => {
  test('comes after exactly so many tasks, also when more end at the same time', async () => {
    const { status, tasksExecuted, events, makespan } = await run(programOf([], 10), { workers: 4, tasksMax: 6 });
    expect([status, tasksExecuted, events.length, makespan]).toEqual(['RUNNING', 6, 6, 2]);
  });

  test('that comes late changes nothing', async () => {
    expect(await run(programOf([], 3), { workers: 4, tasksMax: 100 })).toMatchObject({
      status: 'COMPLETED',
      tasksExecuted: 3,
    });
  });

  test('by a signal ends the call with what has finished', async () => {
    const stopped = new AbortController();
    const report = await run(
      programOf(
        [
          [0, 1],
          [1, 2],
        ],
        3,
      ),
      {
        workers: 1,
        signal: stopped.signal,
        progress: (done) => {
          if (done === 2) stopped.abort();
        },
      },
    );
    expect(report).toMatchObject({ status: 'RUNNING', tasksExecuted: 2 });
  });
});

describe('what a simulation takes from a program', () => {
  test('its concurrency and strategy', async () => {
    const program = programOf([], 4);
    expect((await run({ ...program, limits: { concurrency: 2 } }, { workers: 4 })).makespan).toBe(2);
    expect((await run({ ...program, strategy: 'sequential' }, { workers: 4 })).makespan).toBe(4);
    expect((await run({ ...program, strategy: 'sequential' }, { workers: 4, strategy: 'parallel' })).makespan).toBe(1);
  });

  test('items that are listed; a list that must be computed counts as one task', async () => {
    const program: Program = {
      heddle: 1,
      name: 'fan',
      nodes: {
        listed: { module: 'm', forEach: { items: [1, 2, 3, 4, 5], maxParallel: 2 } },
        computed: { module: 'm', needs: ['listed'], forEach: { items: '${input.list}' } },
      },
    };
    const { makespan, lowerBound, events } = await run(program, { workers: 8 });
    expect([makespan, lowerBound]).toEqual([4, 2]);
    expect(events.map(({ id }) => id).sort()).toEqual([
      'computed',
      'listed[0]',
      'listed[1]',
      'listed[2]',
      'listed[3]',
      'listed[4]',
    ]);
  });

  test('edges that only expressions tell, but no condition: it has no values to decide by', async () => {
    const program: Program = {
      heddle: 1,
      name: 'data',
      nodes: { a: { module: 'm' }, b: { module: 'm', if: 'a.good', with: { x: '${a.x}' } } },
    };
    const { events } = await run(program, { workers: 8 });
    expect(events.map(({ id, start }) => [id, start])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  test('its priorities', async () => {
    const program: Program = {
      heddle: 1,
      name: 'priorities',
      nodes: { a: { module: 'm' }, b: { module: 'm', priority: 9 } },
    };
    expect((await run(program, { workers: 1 })).events.map(({ id }) => id)).toEqual(['b', 'a']);
  });
});
