import { createEngine, defineModule, type Value } from 'heddle';
import { expect, test } from 'vitest';
import { engineWith, failing, plan, rest } from './plans.ts';

test('S4 a failure stays inside its execution', async () => {
  const engine = await engineWith(failing('CRASH', 10));
  const crash = engine.execute({ heddle: 1, name: 'crash', nodes: { a: { module: 'call' } } });
  const [crashed, fine] = await Promise.all([crash, engine.execute(plan, { x: 1 })]);
  expect([crashed.status, fine.status, fine.result]).toEqual(['FAILED', 'COMPLETED', { sum: 8 }]);
});

test('S4 providers behind one interface: the kind of step decides which module runs', async () => {
  const provider = (name: string) =>
    defineModule({ name, version: '1', run: ({ prompt }: { prompt: string }) => `${name}: ${prompt}` });
  const engine = await createEngine({ modules: [provider('claude'), provider('gemini')] });
  const nodes = {
    first: { module: 'claude', with: { prompt: 'Analyse ${input.file}' } },
    second: { module: 'gemini', with: { prompt: 'Judge ${first}' } },
  };
  const { result } = await engine.execute({ heddle: 1, name: 'steps', nodes }, { file: 'a.ts' });
  expect(result).toEqual({ second: 'gemini: Judge claude: Analyse a.ts' });
});

test('S4 structured output: what does not match the schema fails, and is not tried again', async () => {
  let calls = 0;
  const extract = defineModule<{ text: string }, Value>({
    name: 'extract',
    version: '1',
    output: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    run: ({ text }) => {
      calls++;
      return text === '' ? { nobody: true } : { name: text };
    },
  });
  const engine = await createEngine({ modules: [extract] });
  const program = { heddle: 1, name: 'p', nodes: { extract: { module: 'extract', retry: { attempts: 3 } } } };
  expect((await engine.execute(program, { text: 'Ahab' })).result).toEqual({ extract: { name: 'Ahab' } });
  expect((await engine.execute(program, { text: '' })).error?.code).toBe('BAD_OUTPUT');
  expect(calls).toBe(2);
});

test('S4 a chain hands its output on and stops at the first error', async () => {
  const engine = await engineWith(failing('CRASH', 1));
  const broken = { heddle: 1, name: 'broken', nodes: { a: { module: 'call' } } };
  const doubled = { heddle: 1, name: 'doubled', nodes: { d: { module: 'double' } }, outputs: { x: '${d.x}' } };
  const good = { one: { program: doubled, with: { x: 1 } }, two: { program: doubled, with: { x: '${one.x}' } } };
  expect((await engine.execute({ heddle: 1, name: 'chain', nodes: good })).result).toEqual({ two: { x: 4 } });
  const bad = { one: { program: broken }, two: { program: doubled, with: { x: '${one.a.x}' } } };
  const { status, error, timeline } = await engine.execute({ heddle: 1, name: 'chain', nodes: bad });
  expect([status, error?.code, error?.taskId]).toEqual(['FAILED', 'CRASH', 'one']);
  expect(timeline.some(({ type, taskId }) => type === 'TASK_STARTED' && taskId === 'two')).toBe(false);
});

test('S3 a program that names what is not there, or depends in a circle, is refused before anything runs', async () => {
  const engine = await engineWith();
  const refused = async (nodes: object) => engine.start({ heddle: 1, name: 'p', nodes }).catch((error) => error.code);
  expect(await refused({ a: { module: 'nobody' } })).toBe('UNKNOWN_MODULE');
  expect(await refused({ a: { module: 'double', needs: ['b'] } })).toBe('UNKNOWN_NODE');
  expect(await refused({ a: { module: 'double', needs: ['b'] }, b: { module: 'double', needs: ['a'] } })).toBe('CYCLE');
  expect(await engine.list()).toEqual([]);
});

test('S3 executions are listed with their status, and an ended one is erased on request', async () => {
  const engine = await engineWith(failing('CRASH', 1));
  const { executionId } = await engine.execute(plan, { x: 1 });
  await engine.execute({ heddle: 1, name: 'crash', nodes: { a: { module: 'call' } } });
  const waiting = await engine.start({ heddle: 1, name: 'w', nodes: { go: { waitFor: { event: 'go' } } } });
  const listed = await engine.list();
  expect(listed.map(({ programName, status }) => `${programName} ${status}`).sort()).toEqual([
    'crash FAILED',
    'sums COMPLETED',
    'w RUNNING',
  ]);
  await expect(engine.delete(waiting.id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await engine.delete(executionId);
  expect(await engine.list({ status: ['COMPLETED'] })).toEqual([]);
  await waiting.cancel();
});

test('S1 inputs that do not match the schema of the program are refused', async () => {
  const engine = await engineWith();
  const program = { ...plan, inputs: { type: 'object', required: ['x'] } };
  await expect(engine.execute(program, {})).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('S4 a cached result is used while it is fresh, and computed anew afterwards', async () => {
  const call = failing('NEVER', 0);
  const engine = await engineWith(call);
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'call', with: { q: 1 }, cache: { ttlMs: 500 } } } };
  for (let n = 0; n < 3; n++) await engine.execute(program);
  expect(call.calls).toHaveLength(1);
  await rest(510);
  const { metrics } = await engine.execute(program);
  expect([call.calls.length, metrics.tasksCached]).toEqual([2, 0]);
});

test('S4 a failure is never cached', async () => {
  const call = failing('ONCE', 1);
  const engine = await engineWith(call);
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'call', with: { q: 1 }, cache: {} } } };
  expect((await engine.execute(program)).error?.code).toBe('ONCE');
  expect((await engine.execute(program)).result).toEqual({ a: { answer: 42 } });
});
