import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorData, HeddleError } from '../../src/errors.ts';
import { findingsMax } from '../../src/formats/findings.ts';
import { wfFormat } from '../../src/formats/wfformat.ts';
import { readSample, samples, samplesPresent } from './samples.ts';

interface TaskSketch {
  id?: unknown;
  name?: unknown;
  parents?: unknown;
  children?: unknown;
  runtime?: unknown;
}

/** A document in the layout of 1.5; a task without a runtime has no record. */
function document(tasks: readonly TaskSketch[], execution: object | null = {}): unknown {
  const records = tasks
    .filter((task) => 'runtime' in task)
    .map(({ id, runtime }) => ({ id, runtimeInSeconds: runtime }));
  return {
    name: 'made up',
    schemaVersion: '1.5',
    workflow: {
      specification: {
        tasks: tasks.map(({ runtime: _, ...task }) => ({ name: task.id, parents: [], children: [], ...task })),
      },
      ...(execution !== null && { execution: { tasks: records, ...execution } }),
    },
  };
}

const read = (root: unknown) => wfFormat.read(root, 'fallback');
const needs = (root: unknown) =>
  Object.fromEntries(Object.entries(read(root).program.nodes).map(([id, node]) => [id, node.needs ?? []]));

function errorsOf(root: unknown): readonly ErrorData[] {
  try {
    read(root);
  } catch (thrown) {
    return (thrown as HeddleError).errors ?? [];
  }
  throw new Error('was read without an error');
}

describe('recognition', () => {
  test('knows both layouts by content', () => {
    expect(wfFormat.recognises(document([{ id: 'a' }]))).toBe(true);
    expect(wfFormat.recognises({ workflow: { tasks: [] } })).toBe(true);
    expect(wfFormat.recognises({ workflow: { jobs: [] } })).toBe(true);
  });

  test('leaves other documents alone', () => {
    for (const other of [null, [], 'workflow', { workflow: 1 }, { workflow: { steps: [] } }, { heddle: 1, nodes: {} }])
      expect(wfFormat.recognises(other)).toBe(false);
  });
});

describe('tasks', () => {
  test('keep their ids, whatever is in them, and refer to each other by needs', () => {
    const root = document([
      { id: 'nf-core/x:A (1)', children: ['7'], runtime: 1 },
      { id: '7', parents: ['nf-core/x:A (1)'], children: ['toString'], runtime: 0 },
      { id: 'toString', parents: ['7'], runtime: 2.5 },
    ]);
    const { program, durations } = read(root);
    expect(Object.keys(program.nodes).sort()).toEqual(['7', 'nf-core/x:A (1)', 'toString']);
    expect(program.nodes['7']?.needs).toEqual(['nf-core/x:A (1)']);
    expect(durations).toEqual(
      new Map([
        ['nf-core/x:A (1)', 1],
        ['7', 0],
        ['toString', 2.5],
      ]),
    );
  });

  test('may repeat names, which are only shown', () => {
    const root = document([
      { id: 'a', name: 'same' },
      { id: 'b', name: 'same', parents: ['a'] },
    ]);
    expect(needs(root)).toEqual({ a: [], b: ['a'] });
    expect(read(root).program.nodes.b?.summary).toBe('same');
  });

  test('may come before their parents', () => {
    expect(
      needs(
        document([
          { id: 'b', parents: ['a'] },
          { id: 'a', children: ['b'] },
        ]),
      ),
    ).toEqual({ a: [], b: ['a'] });
  });

  test('run sim.task for the recorded seconds', () => {
    expect(read(document([{ id: 'a', runtime: 12.5 }])).program.nodes.a).toMatchObject({
      module: 'sim.task',
      with: { runtimeS: 12.5 },
    });
  });

  test('carry sizes beyond 32 bits, machine and load as annotations', () => {
    const root = {
      workflow: {
        specification: {
          tasks: [
            { id: 'a', name: 'align', parents: [], children: [], inputFiles: ['x/1', 'x/2'], outputFiles: ['gone'] },
          ],
          files: [
            { id: 'x/1', sizeInBytes: 5117704493 },
            { id: 'x/2', sizeInBytes: 7 },
          ],
        },
        execution: {
          tasks: [
            {
              id: 'a',
              runtimeInSeconds: 1,
              coreCount: 4,
              avgCPU: 195.9,
              memoryInBytes: 3e9,
              machines: ['node-1'],
              priority: 20,
            },
          ],
        },
      },
    };
    expect(read(root).annotations?.get('a')).toEqual({
      name: 'align',
      inputBytes: 5117704500,
      outputBytes: 0,
      inputFiles: { 'x/1': 5117704493, 'x/2': 7 },
      outputFiles: { gone: 0 },
      cores: 4,
      cpuPercent: 195.9,
      memoryBytes: 3e9,
      machines: ['node-1'],
      priority: 20,
    });
    expect(read(root).program.nodes.a?.priority).toBeUndefined();
  });
});

describe('edges', () => {
  test('count when only one end tells them, with a warning where both should', () => {
    const { program, warnings } = read(
      document([
        { id: 'a', children: ['b'] },
        { id: 'b', children: [] },
        { id: 'c', parents: ['b'] },
      ]),
    );
    expect(program.nodes.b?.needs).toEqual(['a']);
    expect(program.nodes.c?.needs).toEqual(['b']);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"b" to "c" counts, although children of task "b"'),
      expect.stringContaining('"a" to "b" counts, although parents of task "b"'),
    ]);
  });

  test('told twice count once', () => {
    expect(
      needs(
        document([
          { id: 'a', children: ['b', 'b'] },
          { id: 'b', parents: ['a', 'a'] },
        ]),
      ),
    ).toEqual({ a: [], b: ['a'] });
  });

  test('give no warning when the whole file tells them at one end', () => {
    expect(read(document([{ id: 'a' }, { id: 'b', parents: ['a'] }])).warnings).toEqual([]);
  });
});

describe('durations', () => {
  test('are 0 with a warning for a task without a record', () => {
    const { durations, warnings, timeUnit } = read(document([{ id: 'a', runtime: 3 }, { id: 'b' }]));
    expect([durations?.get('b'), timeUnit]).toEqual([0, 's']);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('"b" has no recorded runtime')]);
  });

  test('are absent when the workflow never ran', () => {
    const { durations, timeUnit, warnings } = read(document([{ id: 'a' }], null));
    expect([durations, timeUnit, warnings]).toEqual([undefined, 'unit', []]);
  });

  test.each([-1, Number.NaN, '3', {}])('of %s are refused', (runtime) => {
    const [error] = errorsOf(document([{ id: 'a', runtime }]));
    expect(error).toMatchObject({
      code: 'BAD_SCHEMA',
      path: 'workflow.execution.tasks[0].runtimeInSeconds',
      message: expect.stringContaining('"a"'),
    });
  });
});

describe('errors', () => {
  test('all come at once, with code, place and task', () => {
    const errors = errorsOf(
      document([
        { id: 'a', parents: ['ghost'], children: ['a'] },
        { id: 'a' },
        { id: 5 },
        { id: 'b', parents: 'a' },
        { id: 'c', children: [null] },
      ]),
    );
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ['BAD_SCHEMA', 'workflow.specification.tasks[2].id'],
      ['BAD_SCHEMA', 'workflow.specification.tasks[3].parents'],
      ['BAD_SCHEMA', 'workflow.specification.tasks[4].children[0]'],
      ['DUPLICATE_ID', 'workflow.specification.tasks[1].id'],
      ['UNKNOWN_NODE', 'workflow.specification.tasks[0].parents[0]'],
      ['SELF_LOOP', 'workflow.specification.tasks[0].children[0]'],
    ]);
  });

  test('are those of a program, too', () => {
    const cyclic = document([
      { id: 'a', parents: ['b'] },
      { id: 'b', parents: ['a'] },
    ]);
    expect(errorsOf(cyclic)).toMatchObject([{ code: 'CYCLE', details: { cycle: ['a', 'b'] } }]);
    expect(errorsOf(document([{ id: '__proto__' }, { id: 'input' }]))).toMatchObject([
      { code: 'RESERVED_ID' },
      { code: 'RESERVED_ID' },
    ]);
  });

  test('are not told without end', () => {
    expect(errorsOf(document(Array.from({ length: 3 * findingsMax }, () => ({ id: 1 }))))).toHaveLength(findingsMax);
  });

  test.each([undefined, null, {}, [], 'tasks'])('name the list of tasks when it is %j', (tasks) => {
    expect(errorsOf({ workflow: { specification: { tasks } } })).toMatchObject([
      { code: 'BAD_SCHEMA', path: 'workflow.specification.tasks' },
    ]);
  });

  test('name a record that is told twice, and note one without a task', () => {
    const twice = document([{ id: 'a' }], {
      tasks: [
        { id: 'a', runtimeInSeconds: 1 },
        { id: 'a', runtimeInSeconds: 2 },
      ],
    });
    expect(errorsOf(twice)).toMatchObject([{ code: 'DUPLICATE_ID', path: 'workflow.execution.tasks[1].id' }]);
    const stray = read(document([{ id: 'a' }], { tasks: [{ id: 'z', runtimeInSeconds: 1 }] }));
    expect(stray.warnings).toMatchObject([{ code: 'UNKNOWN_NODE', path: 'workflow.execution.tasks[0]' }]);
  });

  test('are the only way any document ends badly', () => {
    const key = fc.constantFrom(
      'workflow',
      'specification',
      'execution',
      'tasks',
      'files',
      'id',
      'name',
      'parents',
      'children',
      'runtimeInSeconds',
      'machines',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('a', 'b'),
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    const anyDocument = fc.record({
      workflow: fc.record({ specification: fc.record({ tasks: tree, files: tree }), execution: tree }),
    });
    fc.assert(
      fc.property(anyDocument, (root) => {
        try {
          read(root);
        } catch (thrown) {
          expect((thrown as HeddleError).errors?.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the layout up to 1.4 refers to tasks by name and holds runtimes directly', () => {
  const root = {
    name: 'old',
    schemaVersion: '1.4',
    workflow: {
      tasks: [
        {
          name: 'split_ID1',
          id: 'ID1',
          children: ['join_ID2'],
          runtimeInSeconds: 2,
          cores: 2,
          machine: 'n1',
          files: [{ link: 'input', name: 'in', sizeInBytes: 9 }],
        },
        { name: 'join_ID2', id: 'ID2', parents: ['split_ID1'], runtime: 3 },
        { name: 'nameless', parents: ['ID2'], runtimeInSeconds: 0 },
      ],
    },
  };
  expect(needs(root)).toEqual({ ID1: [], ID2: ['ID1'], nameless: ['ID2'] });
  expect([...(read(root).durations ?? [])]).toEqual([
    ['ID1', 2],
    ['ID2', 3],
    ['nameless', 0],
  ]);
  expect(read(root).annotations?.get('ID1')).toMatchObject({ inputBytes: 9, cores: 2, machines: ['n1'] });
});

describe.runIf(samplesPresent)('recorded workflows', () => {
  test.each(samples)('$name', ({ name, nodes, edges, total }) => {
    const { program, durations, warnings, timeUnit } = read(readSample(name));
    const counted = Object.values(program.nodes).reduce((count, node) => count + (node.needs?.length ?? 0), 0);
    expect([Object.keys(program.nodes).length, counted, timeUnit, warnings]).toEqual([nodes, edges, 's', []]);
    expect([...(durations?.values() ?? [])].reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(total, 3);
  });
});
