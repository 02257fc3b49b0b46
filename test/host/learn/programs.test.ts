import { afterEach, expect, test } from 'vitest';
import { createEngine, type DefaultExecutionEngine, defineModule } from '../../../src/index.ts';

let runs = 0;
const upper = defineModule<{ readonly text: string; readonly ms?: number }, string>({
  name: 'test.upper',
  version: '1',
  run: async ({ text, ms = 0 }) => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return text.toUpperCase();
  },
});

const shout = {
  heddle: 1,
  name: 'shout',
  nodes: { up: { module: 'test.upper', with: { text: '${input.text}' } } },
  outputs: { text: '${up}' },
};
const slow = `
heddle: 1
name: slow
nodes:
  up: { module: test.upper, with: { text: a, ms: 5000 } }
  then: { module: test.upper, with: { text: '\${up}' } }
`;

let engine: DefaultExecutionEngine;
afterEach(() => engine.close());

async function open() {
  runs = 0;
  engine = await createEngine({ modules: [upper], programs: { shout, slow, alias: shout } });
}

test('a program is executed by its name, and others run it as a sub-program by its name', async () => {
  await open();
  const { status, result, planId } = await engine.executeProgram('shout', { text: 'hey' });
  expect([status, result]).toEqual(['COMPLETED', { text: 'HEY' }]);
  expect(planId).toMatch(/^shout@/);
  expect((await engine.executeProgram('alias', { text: 'x' })).planId).toBe(planId);
  const nodes = { call: { program: 'shout', with: { text: 'from above' } } };
  expect((await engine.execute({ heddle: 1, name: 'outer', nodes })).result).toEqual({ call: { text: 'FROM ABOVE' } });
  await expect(engine.executeProgram('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(engine.executeProgram('toString')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('the options of a start are those of an execution by name', async () => {
  await open();
  const { executionId } = await engine.executeProgram('shout', { text: 'a' }, { executionId: 'mine' });
  expect(executionId).toBe('mine');
});

test('the status of a program is that of its latest execution, and the averages of all', async () => {
  await open();
  await expect(engine.getExecutionStatus('shout')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await engine.executeProgram('shout', { text: 'a' });
  await new Promise((resolve) => setTimeout(resolve, 2));
  const { executionId } = await engine.executeProgram('shout', { text: 'b' });
  const { p50Ms, p95Ms } = await engine.profile('shout');
  expect(await engine.getExecutionStatus('alias')).toMatchObject({
    ...{ programId: 'alias', executionId, status: 'COMPLETED', strategy: 'sequential', currentExecutions: 0 },
    progress: { percentage: 100, completedTasks: 1, totalTasks: 1 },
    metrics: { successRate: 1 },
    averages: { executions: 2, successRate: 1, p50Ms, p95Ms },
  });
  const handle = await engine.start(slow);
  expect(await engine.getExecutionStatus('slow')).toMatchObject({
    ...{ executionId: handle.id, status: 'RUNNING', currentExecutions: 1 },
    progress: { percentage: 0, completedTasks: 0, totalTasks: 2 },
    averages: { executions: 0 },
  });
});

test('compiled, what two nodes compute alike is computed once', async () => {
  await open();
  const twice = {
    heddle: 1,
    name: 'twice',
    nodes: {
      one: { module: 'test.upper', with: { text: 'a' }, cache: {} },
      two: { module: 'test.upper', with: { text: 'a' }, cache: {} },
    },
    outputs: { both: '${one + two}' },
  };
  const compiled = await engine.execute(twice, {}, { compile: true });
  expect([compiled.result, runs, compiled.metrics.tasksExecuted]).toEqual([{ both: 'AA' }, 1, 1]);
  await expect(engine.execute(twice, {}, { compile: 'yes' as never })).rejects.toMatchObject({
    code: 'BAD_SCHEMA',
    path: 'options.compile',
  });
});
