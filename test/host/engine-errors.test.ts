import { afterEach, expect, test, vi } from 'vitest';
import { Custody } from '../../src/host/drive/custody.ts';
import type { Execution } from '../../src/host/drive/execution.ts';
import { defineModule } from '../../src/index.ts';
import { createTestEngine } from '../../src/testing.ts';
import { memoryEngine } from './learning.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The executions an engine drives, as nobody outside of it sees them: the only way to break one. */
function driven(): Execution[] {
  const executions: Execution[] = [];
  const { drive } = Custody.prototype;
  vi.spyOn(Custody.prototype, 'drive').mockImplementation(function (this: Custody, execution, ...rest) {
    executions.push(execution);
    drive.call(this, execution, ...rest);
  });
  return executions;
}

const program = {
  heddle: 1,
  name: 'broken',
  // So many events that the state is checked on the way.
  nodes: { a: { module: 'breaks', forEach: { items: Array(300).fill(0) } }, b: { module: 'breaks', needs: ['a'] } },
};

test('an error of the engine ends its execution with INVARIANT as a result, and touches no other', async () => {
  const executions = driven();
  const breaks = defineModule({
    name: 'breaks',
    version: '1',
    run: (_, { taskId }) => {
      // As a stray bit would: the last node is done before its turn.
      const b = taskId === 'a[0]' ? executions[0]?.state.tasks[1] : undefined;
      if (b !== undefined) b.status = 'succeeded';
      return taskId;
    },
  });
  const { engine, stores } = createTestEngine({ modules: [breaks] });
  const started = await engine.start(program, {}, { executionId: 'broken' });
  const other = await engine.start({ ...program, name: 'sound' });
  const result = await started.result();
  expect(result).toMatchObject({
    status: 'FAILED',
    error: { code: 'INVARIANT', message: expect.stringContaining('I3') },
  });
  // Facts go on without a gap or a repetition to the one that tells the end.
  expect(result.timeline.map(({ id }) => id)).toEqual(result.timeline.map((_, index) => String(index + 1)));
  expect(result.timeline.at(-1)?.type).toBe('EXECUTION_FAILED');
  expect(engine.getStatus('broken')).toBe('FAILED');
  expect(engine.getResult('broken')).toEqual(result);
  expect((await other.result()).status).toBe('COMPLETED');
  // A host that comes later reads the same.
  const heir = createTestEngine({ modules: [breaks], stores });
  const { timeline, error } = await (await heir.engine.open('broken')).result();
  expect({ timeline, error }).toEqual({ timeline: result.timeline, error: result.error });
});

test('found by the check before a checkpoint, it is INVARIANT; who asked for the checkpoint is refused', async () => {
  const executions = driven();
  const { engine } = createTestEngine({ modules: [defineModule({ name: 'breaks', version: '1', run: () => 1 })] });
  const nodes = { a: { waitFor: { event: 'go' } }, b: { module: 'breaks', needs: ['a'] } };
  const execution = await engine.start({ heddle: 1, name: 'waits', nodes });
  const [b] = executions[0]?.state.tasks.slice(1) ?? [];
  if (b !== undefined) b.status = 'succeeded';
  const asked = engine.createCheckpoint(execution.id);
  await expect(asked).rejects.toMatchObject({ code: expect.any(String) });
  expect(await execution.result()).toMatchObject({ status: 'FAILED', error: { code: 'INVARIANT' } });
});

test('it is in the history as a failure', async () => {
  const executions = driven();
  const { engine } = await memoryEngine();
  const nodes = { a: { waitFor: { event: 'go' } }, b: { module: 'test.sleep', needs: ['a'] } };
  const execution = await engine.start({ heddle: 1, name: 'waits', nodes });
  const [b] = executions[0]?.state.tasks.slice(1) ?? [];
  if (b !== undefined) b.status = 'succeeded';
  await engine.createCheckpoint(execution.id).catch(() => undefined);
  await execution.result();
  expect(await engine.history('waits')).toMatchObject([{ status: 'FAILED', strategy: 'sequential' }]);
  await engine.close();
});
