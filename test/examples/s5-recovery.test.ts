import {
  ExecutionEventType,
  ExecutionStatus,
  RecoveryAction,
  type RecoveryContext,
  type RecoveryResult,
  type RecoveryStrategy,
} from 'heddle';
import { describe, expect, test } from 'vitest';
import { engineWith, failing, rest, started } from './plans.ts';

const program = { heddle: 1, name: 'p', nodes: { fetch: { module: 'call' } } } as const;

/** The strategy of the specification, with its seconds as 10 ms. */
const networkTimeoutRecovery: RecoveryStrategy = {
  id: 'network_timeout_recovery',
  name: 'Network Timeout Recovery',
  description: 'Retry with exponential backoff for network timeouts',
  applicableErrors: ['NETWORK_TIMEOUT', 'CONNECTION_REFUSED'],

  async execute(context: RecoveryContext): Promise<RecoveryResult> {
    const retryCount = Number(context.state.variables.get('retry_count') ?? 0);
    const maxRetries = 3;
    if (retryCount >= maxRetries) {
      const message = `Max retries (${maxRetries}) exceeded for network timeout`;
      return { success: false, action: RecoveryAction.ABORT, message };
    }
    const delay = 2 ** retryCount * 10;
    await rest(delay);
    const newState = { ...context.state };
    newState.variables.set('retry_count', retryCount + 1);
    const message = `Retrying after ${delay}ms delay (attempt ${retryCount + 1}/${maxRetries})`;
    return { success: true, action: RecoveryAction.RETRY, newState, message };
  },
};

/** A strategy for every error that always answers so, and keeps what it was asked. */
function answering(result: RecoveryResult): RecoveryStrategy & { readonly asked: RecoveryContext[] } {
  const asked: RecoveryContext[] = [];
  return {
    ...{ id: 'one', name: 'One', description: 'always the same', applicableErrors: ['*'], asked },
    execute: async (context) => {
      asked.push(context);
      return result;
    },
  };
}

describe('S5 a recovery strategy for network timeouts', () => {
  test('retries with exponential backoff until the service answers', async () => {
    const call = failing('NETWORK_TIMEOUT', 3);
    const engine = await engineWith(call);
    engine.addRecoveryStrategy(networkTimeoutRecovery);
    const { status, result, timeline } = await engine.execute(program);
    expect(status).toBe(ExecutionStatus.COMPLETED);
    expect(result).toEqual({ fetch: { answer: 42 } });
    const waits = call.calls.slice(1).map((atMs, index) => atMs - (call.calls[index] ?? 0));
    expect(waits).toHaveLength(3);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(2 ** index * 10 - 1);
    const begun = timeline.filter(({ type }) => type === ExecutionEventType.RECOVERY_INITIATED);
    expect(begun).toMatchObject(
      Array.from({ length: 3 }, () => ({ taskId: 'fetch', data: { error: { code: 'NETWORK_TIMEOUT' } } })),
    );
  });

  test('gives up after three retries: the execution fails with the error', async () => {
    const call = failing('CONNECTION_REFUSED', 10);
    const engine = await engineWith(call);
    engine.addRecoveryStrategy(networkTimeoutRecovery);
    const { status, error } = await engine.execute(program);
    expect([status, error?.code, call.calls.length]).toEqual([ExecutionStatus.FAILED, 'CONNECTION_REFUSED', 4]);
  });

  test('is not asked about other errors, nor once it is removed', async () => {
    const other = failing('OUT_OF_PAPER', 10);
    const engine = await engineWith(other);
    engine.addRecoveryStrategy(networkTimeoutRecovery);
    expect((await engine.execute(program)).error?.code).toBe('OUT_OF_PAPER');
    const removed = failing('NETWORK_TIMEOUT', 10);
    const second = await engineWith(removed);
    second.addRecoveryStrategy(networkTimeoutRecovery);
    second.removeRecoveryStrategy(networkTimeoutRecovery.id);
    expect((await second.execute(program)).error?.code).toBe('NETWORK_TIMEOUT');
    expect([other.calls.length, removed.calls.length]).toEqual([1, 1]);
  });
});

describe('S5 recovery actions', () => {
  test('SKIP goes on without the task, and the context tells what failed', async () => {
    const engine = await engineWith(failing('GONE', 10));
    const strategy = answering({ success: true, action: RecoveryAction.SKIP, message: 'not needed' });
    engine.addRecoveryStrategy(strategy);
    const { status, executionId, timeline } = await engine.execute(program);
    expect(status).toBe(ExecutionStatus.COMPLETED);
    expect(timeline.find(({ type }) => type === 'TASK_SKIPPED')?.data?.reason).toBe('not needed');
    expect(strategy.asked).toMatchObject([
      {
        executionId,
        error: { code: 'GONE', taskId: 'fetch' },
        state: { completedTasks: [], resourceAllocations: new Map() },
        plan: program,
        resources: [],
      },
    ]);
    expect(strategy.asked[0]?.state.taskStates.get('fetch')).toEqual({ status: 'recovering', attempt: 1 });
  });

  test('FALLBACK runs what the node falls back on', async () => {
    const engine = await engineWith(failing('GONE', 10));
    engine.addRecoveryStrategy(answering({ success: true, action: RecoveryAction.FALLBACK, message: 'the old one' }));
    const fetch = { module: 'call', fallback: { value: 'yesterday' } };
    const { result } = await engine.execute({ heddle: 1, name: 'p', nodes: { fetch } });
    expect(result).toEqual({ fetch: 'yesterday' });
  });

  test('ABORT ends the execution, even where the program bears failures', async () => {
    const engine = await engineWith(failing('GONE', 10));
    engine.addRecoveryStrategy(answering({ success: true, action: RecoveryAction.ABORT, message: 'no use' }));
    const { status } = await engine.execute({ ...program, tolerance: 'tolerant' });
    expect(status).toBe(ExecutionStatus.FAILED);
  });

  test('CHECKPOINT_RESTORE sets the execution back to its latest checkpoint', async () => {
    const call = failing('CORRUPTED', 1);
    const engine = await engineWith(call);
    engine.addRecoveryStrategy(
      answering({ success: true, action: RecoveryAction.CHECKPOINT_RESTORE, message: 'back' }),
    );
    const first = { module: 'work', with: { ms: 150 } };
    const nodes = { first, again: { ...first, needs: ['first'] }, fetch: { module: 'call', needs: ['again'] } };
    const execution = await engine.start({ heddle: 1, name: 'p', nodes });
    await started(execution, 'again');
    const { id } = await engine.createCheckpoint(execution.id);
    const { status, timeline } = await execution.result();
    expect(status).toBe(ExecutionStatus.COMPLETED);
    expect(timeline.find(({ type, taskId }) => type === 'RECOVERY_INITIATED' && !taskId)?.data?.checkpointId).toBe(id);
    const begun = timeline.flatMap(({ type, taskId }) => (type === 'TASK_STARTED' ? [taskId] : []));
    expect(begun).toEqual(['first', 'again', 'fetch', 'again', 'fetch']);
  });

  test('a strategy that throws has recovered nothing', async () => {
    const engine = await engineWith(failing('GONE', 10));
    engine.addRecoveryStrategy({
      ...networkTimeoutRecovery,
      applicableErrors: ['*'],
      execute: () => Promise.reject(1),
    });
    expect((await engine.execute(program)).error?.code).toBe('GONE');
  });
});
