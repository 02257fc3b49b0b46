import { afterEach, expect, test } from 'vitest';
import { chain, createEngine, type DefaultExecutionEngine, defineModule, program } from '../../src/index.ts';
import { validateProgram } from '../../src/program/validate.ts';

const calls: string[] = [];
const add = defineModule<{ readonly value: number; readonly by: number }, number>({
  name: 'test.add',
  version: '1',
  run: ({ value, by }) => {
    calls.push(`${value}+${by}`);
    if (by < 0) throw Object.assign(new Error('cannot take away'), { code: 'NEGATIVE' });
    return value + by;
  },
});

const adds = (name: string, by: number) => ({
  heddle: 1 as const,
  name,
  nodes: { sum: { module: 'test.add', with: { value: '${input.value}', by } } },
  outputs: { value: '${sum}' },
});

let engine: DefaultExecutionEngine;
afterEach(() => engine.close());

async function run(links: Parameters<typeof chain>[1], value: number) {
  engine = await createEngine({ modules: [add] });
  calls.length = 0;
  return engine.execute(chain('chained', links), { value });
}

test('each program takes the result of the one before, and the result is that of the last', async () => {
  const built = program<{ value: number }>('built')
    .node('sum', add, ({ input }) => ({ value: input.value, by: 100 }))
    .outputs(({ sum }) => ({ value: sum, of: 'built' }));
  const links = [adds('one', 1), adds('a name with "quotes"', 10), built, adds('one', 1000)];
  const { status, result, error } = await run(links, 5);
  expect([status, error]).toEqual(['COMPLETED', undefined]);
  expect(result).toEqual({ value: 1116 });
  expect(calls).toEqual(['5+1', '6+10', '16+100', '116+1000']);
  const program4 = chain('chained', links);
  expect(Object.keys(program4.nodes)).toEqual(['one', 'a name with "quotes"', 'built', 'one_2']);
  expect(validateProgram(program4).ok).toBe(true);
});

test('chains chain', async () => {
  const inner = chain('inner', [adds('one', 1), adds('two', 2)]);
  expect((await run([inner, inner], 0)).result).toEqual({ value: 6 });
});

test('a last program without outputs gives its sinks', async () => {
  const { outputs: _, ...bare } = adds('bare', 1);
  expect((await run([adds('one', 1), bare], 0)).result).toEqual({ sum: 2 });
});

test('the first failure halts the rest', async () => {
  const { status, error } = await run([adds('one', 1), adds('bad', -1), adds('three', 3)], 0);
  expect(status).toBe('FAILED');
  expect(error).toMatchObject({ taskId: 'bad', message: expect.stringContaining('cannot take away') });
  expect(calls).toEqual(['0+1', '1+-1']);
});

test('the inputs are those of the first program', async () => {
  const inputs = { type: 'object', required: ['value'], properties: { value: { type: 'number' } } };
  const strict = chain('strict', [{ ...adds('one', 1), inputs }, adds('two', 2)]);
  engine = await createEngine({ modules: [add] });
  await expect(engine.start(strict, { value: 'x' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('an empty chain is none', () => {
  expect(() => chain('empty', [])).toThrow(expect.objectContaining({ code: 'BAD_SCHEMA' }));
});
