import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HeddleError } from '../../src/errors.ts';
import { readFormat } from '../../src/formats/index.ts';
import { itemId, pythonFloat, pythonJson } from '../../src/formats/workplan/node-id.ts';
import { workplan } from '../../src/formats/workplan.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { createEngine } from '../../src/index.ts';
import { voxModules } from '../../src/modules/vox-modules.ts';
import { validateProgram } from '../../src/program/validate.ts';
import { PlanMaker } from './plan-maker.ts';

const folder = new URL('../../../shared/data/workplans/', import.meta.url).pathname;
const present = existsSync(folder);
if (!present) console.warn(`skipped: tests on workplans, because ${folder} is absent`);

interface Expected {
  readonly nodes: number;
  readonly reachable_operations: number;
  readonly goals: readonly { readonly name: string; readonly value: unknown }[];
}
const expected: { readonly [file: string]: Expected } = present
  ? JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'))
  : {};

const read = (document: unknown) => workplan.read(document, 'plan').program;
async function run(document: unknown) {
  const { program, modules } = readFormat(JSON.stringify(document));
  const engine = await createEngine({ modules: [...modules, ...voxModules] });
  const { status, result, error } = await engine.execute(program);
  await engine.close();
  return status === 'COMPLETED' ? result : error;
}
function errorsOf(document: unknown) {
  try {
    read(document);
  } catch (thrown) {
    return (thrown as HeddleError).errors ?? [];
  }
  throw new Error('was read without an error');
}

describe('ids', () => {
  test.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e16, '1e+16'],
    [9999999999999998, '9999999999999998.0'],
    [1.5e-5, '1.5e-05'],
    [1e-4, '0.0001'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e100, '1e+100'],
    [5e-324, '5e-324'],
  ])('%d is spelt %s', (value, text) => expect(pythonFloat(value)).toBe(text));

  test('JSON is Python’s: sorted keys, no blanks, ASCII', () => {
    expect(pythonJson({ b: ['é', '\u{1d11e}', '\n"'], a: true, '\u{1d11e}': null, '\uffff': 2 })).toBe(
      '{"a":true,"b":["\\u00e9","\\ud834\\udd1e","\\n\\""],"\\uffff":2.0,"\\ud834\\udd1e":null}',
    );
    expect(itemId('ab', 3)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('that are not those of the content are refused, each with its place', () => {
    const plan = new PlanMaker();
    const two = plan.constant(2);
    plan.goal('four', plan.operation('vox1.+', [two, two]));
    (plan.nodes[1] as { operator: string }).operator = 'vox1.*';
    expect(errorsOf(plan)).toMatchObject([
      { code: 'CORRUPT', path: 'nodes[1].id', details: { computed: expect.any(String) } },
      {},
    ]);
  });
});

describe.skipIf(!present).each(Object.entries(expected))('%s', (file, { goals, reachable_operations: reachable }) => {
  const text = present ? readFileSync(folder + file, 'utf8') : '{}';

  test('gives the expected values, and nothing is executed on a second run with the same store', async () => {
    const { program, modules } = readFormat(text, file);
    const engine = await createEngine({ modules: [...modules, ...voxModules] });
    const first = await engine.execute(program);
    expect(first.error).toBeUndefined();
    expect(first.result).toEqual(Object.fromEntries(goals.map(({ name, value }) => [name, value])));
    expect(first.metrics.tasksExecuted).toBeGreaterThan(0);
    expect(first.metrics.tasksExecuted).toBeLessThanOrEqual(reachable);
    const second = await engine.execute(program);
    expect(second.result).toEqual(first.result);
    expect(second.metrics.tasksExecuted).toBe(0);
    expect(second.metrics.tasksCached).toBe(reachable);
    await engine.close();
  });

  test('has a node for each reachable operation, and a cache key on each', () => {
    const { nodes } = readFormat(text, file).program;
    expect(Object.keys(nodes)).toHaveLength(reachable);
    for (const node of Object.values(nodes)) expect(node.cache?.scope).toBe('voxlogica');
  });
});

describe('reading', () => {
  test('takes only what goals need', () => {
    const plan = new PlanMaker();
    const one = plan.constant(1);
    const two = plan.operation('vox1.+', [one, one]);
    plan.operation('nnunet.train', [two]);
    plan.goal('two', two);
    expect(Object.keys(read(plan).nodes)).toEqual([two]);
  });

  test('what captured functions capture is a dependency', () => {
    const plan = new PlanMaker();
    const [one, three] = [plan.constant(1), plan.constant(3)];
    const six = plan.operation('vox1.+', [three, three]);
    const seven = plan.operation('vox1.+', [six, one]);
    const deep = { inner: { parameters: ['y'], body: '+(y,b)', captures: { b: seven }, functions: {} } };
    const scale = { scale: { parameters: ['x'], body: 'inner(*(x,a))', captures: { a: six }, functions: deep } };
    const mapped = plan.operation('default.map', [
      plan.operation('default.range', [three]),
      plan.closure('v', 'scale(v)', {}, scale),
    ]);
    plan.goal('mapped', mapped);
    const { nodes } = read(plan);
    expect(Object.keys(nodes)).toEqual(expect.arrayContaining([six, seven]));
    return expect(run(plan)).resolves.toEqual({ mapped: [7, 13, 19] });
  });

  test('a closure in a closure, and a plan of nothing but a constant', async () => {
    const plan = new PlanMaker();
    const add = plan.closure('x', '+(x,1.0)');
    const twice = plan.closure('y', 'add(add(y))', { add });
    plan.goal('mapped', plan.operation('default.map', [plan.operation('default.range', [plan.constant(3)]), twice]));
    expect(await run(plan)).toEqual({ mapped: [2, 3, 4] });
    const constant = new PlanMaker();
    constant.goal('it costs ${1}', constant.constant('${input.x}'));
    expect(await run(constant)).toEqual({ 'it costs ${1}': '${input.x}' });
  });

  test('without goals takes what nothing else needs', async () => {
    const plan = new PlanMaker();
    const sum = plan.operation('vox1.+', [plan.constant(1), plan.constant(2)]);
    expect(await run({ nodes: plan.nodes, goals: [] })).toEqual({ [sum]: 3 });
  });

  test('names a kernel that is not here', () => {
    const plan = new PlanMaker();
    const mask = plan.operation('nnunet.predict', [plan.constant('a.nii')]);
    const program = read(plan.goal('mask', mask));
    expect(validateProgram(program, { modules: new ModuleRegistry(voxModules) })).toMatchObject({
      ok: false,
      errors: [
        { code: 'UNKNOWN_MODULE', path: `nodes.${mask}.module`, message: expect.stringContaining('nnunet.predict') },
      ],
    });
  });

  test('tells unknown ids and bad shapes with their places', () => {
    const plan = new PlanMaker();
    const missing = 'f'.repeat(64);
    const sum = plan.operation('vox1.+', [missing, missing]);
    plan.goal('sum', sum).goal('ghost', 'e');
    expect(
      errorsOf(plan)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['goals[1].id', 'nodes[0].arguments.0', 'nodes[0].arguments.1']);
    expect(
      errorsOf({ nodes: [1, { id: 'x' }, { id: 'x', output_kind: 'scalar', type: 'cat' }], goals: 5 }).map(
        ({ path }) => path,
      ),
    ).toEqual(['nodes[0].id', 'nodes[1].output_kind', 'nodes[2].type', 'goals']);
  });

  test('a primitive that fails names itself', async () => {
    const plan = new PlanMaker();
    plan.goal('bad', plan.operation('vox1./', [plan.constant(1), plan.constant(0)]));
    expect(await run(plan)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('vox1./: division by zero'),
    });
  });
});
