import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/index.ts';

const runs: string[] = [];
const modules = [
  {
    name: 'test.add',
    version: '1',
    run: async ({ a, b, ms = 0 }: { a: number; b: number; ms?: number }, ctx: { taskId: string }) => {
      runs.push(ctx.taskId);
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { sum: a + b };
    },
  },
];
const program = {
  heddle: 1,
  name: 'sums',
  nodes: {
    first: { module: 'test.add', with: { a: 1, b: 2 } },
    parity: { module: 'test.add', with: { a: '${input.x % 2}', b: 0 } },
    after: { module: 'test.add', with: { a: '${parity.sum}', b: '${first.sum}' } },
    last: { module: 'test.add', with: { a: '${after.sum}', b: 10 } },
  },
  outputs: { last: '${last.sum}' },
};

describe('fork', () => {
  test('FK1, FK2 only the cone runs again, and only as far as outputs change', async () => {
    const engine = await createEngine({ modules });
    const { executionId } = await engine.execute(program, { x: 1 });
    runs.length = 0;
    const changed = await engine.fork(executionId, { from: 'parity', inputs: { x: 2 } });
    expect((await changed.result()).result).toEqual({ last: 13 });
    expect(runs).toEqual(['parity', 'after', 'last']);
    runs.length = 0;
    const same = await engine.fork(executionId, { from: 'parity', inputs: { x: 3 } });
    expect((await same.result()).result).toEqual({ last: 14 });
    expect(runs).toEqual(['parity']);
    expect((await engine.open(executionId)).status).toBe('COMPLETED');
    await engine.close();
  });

  test('FK1 a failed execution is forked from what failed, and keeps what had finished', async () => {
    let broken = true;
    const flaky = {
      name: 'test.flaky',
      version: '1',
      run: () => {
        if (broken) throw new Error('still broken');
        return { fine: true };
      },
    };
    const engine = await createEngine({ modules: [...modules, flaky] });
    const nodes = {
      a: { module: 'test.add', with: { a: 1, b: 1 } },
      b: { module: 'test.flaky', with: { sum: '${a.sum}' } },
    };
    const failed = await engine.execute({ heddle: 1, name: 'flaky', nodes });
    expect(failed.status).toBe('FAILED');
    broken = false;
    runs.length = 0;
    const forked = await engine.fork(failed.executionId, { from: 'b' });
    expect((await forked.result()).result).toEqual({ b: { fine: true } });
    expect(runs).toEqual([]);
    await expect(engine.fork(failed.executionId, { from: 'nobody' })).rejects.toMatchObject({ code: 'UNKNOWN_NODE' });
    await engine.close();
  });
});

describe('change', () => {
  const slow = {
    ...program,
    nodes: { ...program.nodes, after: { ...program.nodes.after, with: { ...program.nodes.after.with, ms: 300 } } },
  };

  test('FK3 what has finished is kept under the changed program', async () => {
    const engine = await createEngine({ modules });
    runs.length = 0;
    const { id } = await engine.start(slow, { x: 1 });
    while (!runs.includes('after')) await new Promise((resolve) => setTimeout(resolve, 5));
    const goesOn = await engine.change(id, {
      ...slow,
      nodes: { ...slow.nodes, last: { ...slow.nodes.last, with: { a: '${after.sum}', b: 100 } } },
    });
    expect((await goesOn.result()).result).toEqual({ last: 104 });
    expect(engine.getStatus(id)).toBe('CANCELLED');
    expect(runs.filter((task) => task === 'first' || task === 'parity').length).toBe(2);
    await engine.close();
  });

  test('FK3 a change that would lose what has finished is refused with the reason, and nothing happens', async () => {
    const engine = await createEngine({ modules });
    runs.length = 0;
    const handle = await engine.start(slow, { x: 1 });
    while (!runs.includes('after')) await new Promise((resolve) => setTimeout(resolve, 5));
    const changed = { ...slow, nodes: { ...slow.nodes, first: { module: 'test.add', with: { a: 5, b: 5 } } } };
    await expect(engine.change(handle.id, changed)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      details: { lost: { first: 'has changed' } },
    });
    expect((await handle.result()).result).toEqual({ last: 14 });
    await expect(engine.change(handle.id, changed)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await engine.close();
  });
});
