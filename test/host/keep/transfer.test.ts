import { afterEach, describe, expect, test } from 'vitest';
import { createEngine, type DefaultExecutionEngine } from '../../../src/index.ts';
import { decode, encode } from '../../../src/program/canonical.ts';
import { expectNothingTwice } from '../../edge/facts.ts';

let ran: string[] = [];
const work = {
  name: 'test.work',
  version: '1',
  run: async ({ ms = 0, bytes = 0 }: { ms?: number; bytes?: number }, ctx: { taskId: string; signal: AbortSignal }) => {
    ran.push(ctx.taskId);
    await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      ctx.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(ctx.signal.reason);
      });
    });
    return { by: ctx.taskId, much: 'x'.repeat(bytes) };
  },
};
const chain = (length: number, ms: number, bytes = 0) => ({
  heddle: 1,
  name: 'chain',
  nodes: Object.fromEntries(
    Array.from({ length }, (_, n) => [
      `n${n}`,
      { module: 'test.work', with: { ms, bytes }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
    ]),
  ),
});

const engines: DefaultExecutionEngine[] = [];
const open = async (): Promise<DefaultExecutionEngine> => {
  const engine = await createEngine({ modules: [work] });
  engines.push(engine);
  return engine;
};
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  ran = [];
});
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const times = (task: string): number => ran.filter((each) => each === task).length;

describe('export and import', () => {
  test('an execution moves away mid-run, goes on there, and comes back: one timeline, nothing finished runs again', async () => {
    const [here, there] = [await open(), await open()];
    const { id } = await here.start(chain(12, 10));
    await until(() => ran.length >= 4);
    const bundle = await here.export(id, { move: 'cancel' });
    expect((await here.open(id)).status).toBe('CANCELLED');
    const afterMove = ran.length;
    const moved = await there.import(bundle);
    expect(moved.id).toBe(id);
    await until(() => ran.length >= afterMove + 4);
    const back = await here.import(await there.export(id, { move: 'delete' }));
    await expect(there.open(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { status, timeline } = await back.result();
    expect(status).toBe('COMPLETED');
    expectNothingTwice(timeline.map((event) => ({ ...event, timestamp: event.timestamp.toISOString() })));
    expect(ran).toEqual(Array.from({ length: 12 }, (_, n) => `n${n}`));
  });

  test('sub-programs go with it, and are gone on with', async () => {
    const [here, there] = [await open(), await open()];
    const program = { heddle: 1, name: 'outer', nodes: { sub: { program: chain(6, 15), with: {} } } };
    const { id } = await here.start(program);
    await until(() => ran.length >= 3);
    const moved = await there.import(await here.export(id, { move: 'delete' }));
    expect((await moved.result()).status).toBe('COMPLETED');
    expect(ran).toEqual(Array.from({ length: 6 }, (_, n) => `n${n}`));
    expect(await here.list()).toEqual([]);
    await expect(here.open(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('what runs too long to be waited for runs again; large values and waits come along', async () => {
    const [here, there] = [await open(), await open()];
    const nodes = {
      large: { module: 'test.work', with: { bytes: 200_000 } },
      told: { waitFor: { event: 'go' }, needs: ['large'] },
      slow: { module: 'test.work', with: { ms: 300 }, needs: ['large'] },
    };
    const { id } = await here.start({ heddle: 1, name: 'waits', nodes });
    await until(() => ran.includes('slow'));
    const moved = await there.import(await here.export(id, { move: 'cancel', settleMs: 1 }));
    await moved.signal('go', 1);
    const { status, result } = await moved.result();
    expect([status, times('large'), times('slow')]).toEqual(['COMPLETED', 1, 2]);
    expect(Object.keys(result as object)).toContain('told');
  });

  test('a copy of a running one leaves it running, a paused one stays paused, an ended one is only read', async () => {
    const [here, there] = [await open(), await open()];
    const running = await here.start(chain(6, 10));
    await until(() => ran.length >= 2);
    await here.export(running.id);
    expect((await running.result()).status).toBe('COMPLETED');
    const copy = await there.import(await here.export(running.id));
    expect([copy.status, (await copy.result()).timeline]).toEqual(['COMPLETED', (await running.result()).timeline]);
    const paused = await here.start(chain(3, 5));
    await paused.pause();
    const still = await there.import(await here.export(paused.id, { move: 'delete' }));
    expect(still.status).toBe('PAUSED');
    await still.resume();
    expect((await still.result()).status).toBe('COMPLETED');
  });

  test('equal executions are equal bytes; what exists is refused; a sub-program does not go alone', async () => {
    const here = await open();
    const { executionId } = await here.execute({
      heddle: 1,
      name: 'outer',
      nodes: { sub: { program: chain(1, 0), with: {} } },
    });
    const bundle = await here.export(executionId);
    expect(await here.export(executionId)).toEqual(bundle);
    await expect(here.import(bundle)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const child = (await here.list()).find(({ executionId: id }) => id !== executionId)?.executionId ?? '';
    await expect(here.export(child)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(here.export('ex_nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('no damaged byte gets in, and nothing is left of what was refused', async () => {
    const [here, there] = [await open(), await open()];
    const { executionId } = await here.execute(chain(2, 0));
    const bundle = await here.export(executionId);
    for (let place = 0; place < bundle.length; place += 7) {
      const damaged = Uint8Array.from(bundle);
      damaged[place] = (damaged[place] ?? 0) ^ 0x20;
      await expect(there.import(damaged), `byte ${place}`).rejects.toMatchObject({ code: 'CORRUPT' });
    }
    expect(await there.list()).toEqual([]);
  });

  test('a forged bundle with a good digest is refused by its replay', async () => {
    const [here, there] = [await open(), await open()];
    const { executionId } = await here.execute(chain(2, 0));
    const { sha256Hex } = await import('../../../src/program/digest.ts');
    const forge = async (change: (execution: Record<string, unknown[]>) => void) => {
      const bundle = decode(await here.export(executionId)) as Record<string, Uint8Array>;
      const [execution] = decode(bundle.payload as Uint8Array) as never as Record<string, unknown[]>[];
      change(execution as Record<string, unknown[]>);
      const payload = encode([execution] as never);
      return there.import(encode({ ...bundle, digest: sha256Hex(payload), payload } as never));
    };
    const refused = { code: 'CORRUPT' };
    await expect(forge(({ entries }) => entries?.splice(3, 1))).rejects.toMatchObject(refused);
    await expect(forge((execution) => Object.assign(execution, { entries: [] }))).rejects.toMatchObject(refused);
    await expect(forge(({ header }) => Object.assign(header as never, { executionId: 'ex_x' }))).rejects.toMatchObject(
      refused,
    );
    await expect(forge(({ entries }) => Object.assign(entries?.[1] as object, { epoch: 1e12 }))).rejects.toMatchObject(
      refused,
    );
    expect(await there.list()).toEqual([]);
  });
});
