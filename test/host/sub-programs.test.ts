import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createEngine, type DefaultExecutionEngine } from '../../src/index.ts';
import { homeModules } from '../homes/home-modules.ts';

let ran: string[] = [];
const note = {
  name: 'test.note',
  version: '1',
  run: async ({ ms = 0 }: { ms?: number }, ctx: { taskId: string; signal: AbortSignal }) => {
    ran.push(ctx.taskId);
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { by: ctx.taskId };
  },
};
const inner = {
  heddle: 1,
  name: 'inner',
  inputs: { type: 'object', required: ['x'] },
  nodes: {
    first: { module: 'test.note', with: {} },
    second: { module: 'test.note', with: { ms: '${input.ms}' }, needs: ['first'] },
  },
  outputs: { x: '${input.x}', by: '${second.by}' },
};
const outer = (more: object = {}) => ({
  heddle: 1,
  name: 'outer',
  nodes: { sub: { program: inner, with: { x: '${input.x}', ms: '${input.ms}' }, ...more } },
  outputs: { got: '${sub.x}' },
});

const engines: DefaultExecutionEngine[] = [];
const open = async (options: object = {}) => {
  const engine = await createEngine({ modules: [...homeModules, note], ...options });
  engines.push(engine);
  return engine;
};
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  ran = [];
});

describe('sub-programs', () => {
  test('SP1 a sub-program is an execution of its own, and its result is the output of the task', async () => {
    const engine = await open();
    const { status, result } = await engine.execute(outer(), { x: 7, ms: 0 });
    expect([status, result]).toEqual(['COMPLETED', { got: 7 }]);
    const listed = await engine.list();
    expect(listed.map(({ programName }) => programName).sort()).toEqual(['inner', 'outer']);
    const child = listed.find(({ programName }) => programName === 'inner')?.executionId ?? '';
    expect((await (await engine.open(child)).events()).map(({ type }) => type)).toContain('EXECUTION_COMPLETED');
  });

  test("SP1 its failure is the task's, with retries as new executions; inputs it refuses are told", async () => {
    const engine = await open();
    const failing = { heddle: 1, name: 'failing', nodes: { bad: { module: 'test.flaky', with: { failures: 9 } } } };
    const program = {
      heddle: 1,
      name: 'outer',
      nodes: { sub: { program: failing, retry: { attempts: 2, backoff: 'immediate' } } },
    };
    expect((await engine.execute(program)).error).toMatchObject({ code: 'ON_PURPOSE', taskId: 'sub' });
    expect((await engine.list({ programName: 'failing' })).length).toBe(2);
    const refused = { ...outer(), nodes: { sub: { program: inner, with: {} } }, outputs: {} };
    expect((await engine.execute(refused)).error).toMatchObject({ code: 'BAD_INPUT' });
  });

  test('SP1 one under forEach is one execution an item', async () => {
    const engine = await open();
    const program = {
      heddle: 1,
      name: 'outer',
      nodes: { sub: { program: inner, with: { x: '${item}', ms: 0 }, forEach: { items: [1, 2, 3] } } },
      outputs: { all: '${sub.map(s, s.x)}' },
    };
    expect((await engine.execute(program)).result).toEqual({ all: [1, 2, 3] });
  });

  test('SP2 after a crash the execution that is there is waited for, and nothing in it runs again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-sub-'));
    const before = await open({ directory });
    const { id } = await before.start(outer(), { x: 7, ms: 150 });
    while (ran.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await before.close();
    const after = await open({ directory });
    await after.recover();
    const { status, result } = await (await after.open(id)).result();
    expect([status, result]).toEqual(['COMPLETED', { got: 7 }]);
    expect(ran).toEqual(['first', 'second', 'second']);
    expect((await after.list({ programName: 'inner' })).length).toBe(1);
    rmSync(directory, { recursive: true });
  });

  test('SP3 a cancel, and a timeout of the task, reach down', async () => {
    const engine = await open();
    const handle = await engine.start(outer(), { x: 1, ms: 400 });
    while (ran.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await handle.cancel('enough');
    expect((await engine.execute(outer({ timeoutMs: 60 }), { x: 1, ms: 400 })).error).toMatchObject({
      code: 'TIMEOUT',
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const children = await engine.list({ programName: 'inner' });
    expect(children.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('SP4 sub-programs by name run ten deep and no deeper', async () => {
    const engine = await open({
      programs: {
        endless: { heddle: 1, name: 'endless', nodes: { again: { program: 'endless' } } },
        leaf: { heddle: 1, name: 'leaf', nodes: { a: { module: 'test.note', with: {} } } },
      },
    });
    const { error } = await engine.execute({ heddle: 1, name: 'top', nodes: { again: { program: 'endless' } } });
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(error?.message).toContain('10 are allowed');
    expect((await engine.list({ programName: 'endless' })).length).toBe(10);
    const unknown = await engine.execute({ heddle: 1, name: 'top', nodes: { a: { program: 'nobody' } } });
    expect(unknown.error).toMatchObject({ code: 'NOT_FOUND' });
    expect((await engine.execute({ heddle: 1, name: 'top', nodes: { a: { program: 'leaf' } } })).status).toBe(
      'COMPLETED',
    );
  });

  test('deleting an execution deletes its sub-programs', async () => {
    const engine = await open();
    const { executionId } = await engine.execute(outer(), { x: 7, ms: 0 });
    await engine.delete(executionId);
    expect(await engine.list()).toEqual([]);
  });
});
