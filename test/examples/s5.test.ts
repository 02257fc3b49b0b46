import {
  DefaultExecutionEngine,
  type ExecutionCheckpoint,
  type ExecutionEngine,
  ExecutionEventType,
  type ExecutionMessage,
  type ExecutionResult,
  ExecutionStatus,
  type ExecutionUpdate,
  MessageLevel,
} from 'heddle';
import { describe, expect, test } from 'vitest';
import { chain, engineWith, failing, plan, rest, started } from './plans.ts';

const isOver = (status: ExecutionStatus): boolean =>
  status === ExecutionStatus.COMPLETED || status === ExecutionStatus.FAILED || status === ExecutionStatus.CANCELLED;

describe('S5 basic execution', () => {
  test('a plan that completes gives its result, duration and cost', async () => {
    const engine: ExecutionEngine = await engineWith();
    expect(engine).toBeInstanceOf(DefaultExecutionEngine);
    const executionResult = await engine.execute(plan, { x: 3 });
    expect(executionResult.status).toBe(ExecutionStatus.COMPLETED);
    expect(executionResult.result).toEqual({ sum: 24 });
    expect(executionResult.metrics.totalDuration).toBeGreaterThanOrEqual(0);
    expect(executionResult.metrics.totalCost).toBe(0);
    expect(executionResult.error).toBeUndefined();
    expect(executionResult.planId).toMatch(/^sums@/);
    expect(executionResult.startedAt).toBeInstanceOf(Date);
    expect(Number(executionResult.completedAt)).toBeGreaterThanOrEqual(Number(executionResult.startedAt));
    expect(engine.getStatus(executionResult.executionId)).toBe(ExecutionStatus.COMPLETED);
    expect(engine.getResult(executionResult.executionId)).toEqual(executionResult);
  });

  test('a plan that fails is a result with an error, not a rejection', async () => {
    const engine = await engineWith(failing('OUT_OF_PAPER', 1));
    const { status, error } = await engine.execute({ heddle: 1, name: 'p', nodes: { print: { module: 'call' } } });
    expect(status).toBe(ExecutionStatus.FAILED);
    expect(error).toMatchObject({
      code: 'OUT_OF_PAPER',
      message: 'the service does not answer',
      taskId: 'print',
      timestamp: expect.any(Date),
      recoverable: expect.any(Boolean),
      context: { path: 'nodes.print' },
    });
  });

  test('before the end there is a status and no result', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(1, 30));
    expect(engine.getStatus(id)).toBe(ExecutionStatus.RUNNING);
    expect(engine.getResult(id)).toBeUndefined();
    await result();
    expect(engine.getResult(id)?.status).toBe(ExecutionStatus.COMPLETED);
    expect(() => engine.getStatus('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

test('S5 real-time monitoring: progress, current task, status, events and messages until the end', async () => {
  const engine = await engineWith();
  const { id } = await engine.start(plan, { x: 1 });
  const updates: ExecutionUpdate[] = [];
  const messages: ExecutionMessage[] = [];
  for await (const update of engine.monitor(id)) {
    updates.push(update);
    messages.push(...update.messages);
    if (isOver(update.status)) break;
  }
  const events = updates.flatMap((update) => update.events);
  expect(events.at(0)?.type).toBe(ExecutionEventType.EXECUTION_STARTED);
  expect(events.at(-1)?.type).toBe(ExecutionEventType.EXECUTION_COMPLETED);
  expect(events.every(({ id, description, timestamp }) => id && description && timestamp instanceof Date)).toBe(true);
  const kept = events.filter((event) => event.id !== 'live').map((event) => Number(event.id));
  expect(kept).toEqual(kept.map((_, index) => index + 1));
  const percentages = updates.map(({ progress }) => progress.percentage);
  expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
  expect(updates.at(-1)?.progress).toMatchObject({ percentage: 100, completedTasks: 3, totalTasks: 3 });
  expect(updates.at(-1)?.progress.currentPhase).toBe('finished');
  expect(messages).toContainEqual({
    level: MessageLevel.INFO,
    message: 'doubling',
    timestamp: expect.any(Date),
    taskId: 'third',
    context: { x: 2 },
  });
});

test('S5 real-time monitoring names the task that runs and estimates the time left', async () => {
  const engine = await engineWith();
  const { id } = await engine.start(chain(3, 30));
  const seen: (string | undefined)[] = [];
  const left: number[] = [];
  for await (const { currentTask, progress } of engine.monitor(id)) {
    seen.push(currentTask);
    if (progress.estimatedTimeRemaining !== undefined) left.push(progress.estimatedTimeRemaining);
  }
  expect(new Set(seen)).toEqual(new Set(['step0', 'step1', 'step2', undefined]));
  expect(left.length).toBeGreaterThan(0);
  expect(left.every((ms) => ms >= 0)).toBe(true);
});

describe('S5 event subscription', () => {
  test('a subscriber hears of running, pause and completion', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(3, 150));
    const told: string[] = [];
    engine.subscribe(id, (update) => {
      if (told.at(-1) !== update.status) told.push(update.status);
    });
    await rest(10);
    await engine.pause(id);
    await rest(40);
    await engine.resume(id);
    await result();
    await rest(1);
    expect(told).toEqual(['RUNNING', 'PAUSED', 'RUNNING', 'COMPLETED']);
  });

  test('a subscriber of a failure finds the event that tells it', async () => {
    const engine = await engineWith(failing('OUT_OF_PAPER', 1));
    const { id, result } = await engine.start({ heddle: 1, name: 'p', nodes: { print: { module: 'call' } } });
    const failures: unknown[] = [];
    engine.subscribe(id, (update) => {
      if (update.status === ExecutionStatus.FAILED) {
        failures.push(update.events.find((event) => event.type === ExecutionEventType.EXECUTION_FAILED));
      }
    });
    await result();
    await rest(1);
    expect(failures).toMatchObject([{ type: 'EXECUTION_FAILED', data: { error: { code: 'OUT_OF_PAPER' } } }]);
  });

  test('who unsubscribes hears nothing more', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(2, 20));
    let calls = 0;
    const callback = (): void => {
      calls++;
    };
    engine.subscribe(id, callback);
    engine.unsubscribe(id, callback);
    await result();
    await rest(1);
    expect(calls).toBe(0);
  });
});

describe('S5 checkpointing', () => {
  test('checkpoints at regular intervals until the end', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(5, 150));
    const checkpoints: ExecutionCheckpoint[] = [];
    const interval = setInterval(async () => {
      try {
        checkpoints.push(await engine.createCheckpoint(id));
      } catch {
        // The execution ended in the meantime.
      }
    }, 50);
    engine.subscribe(id, (update) => {
      if (isOver(update.status)) clearInterval(interval);
    });
    const { timeline } = await result();
    expect(checkpoints.length).toBeGreaterThan(2);
    expect(new Set(checkpoints.map((checkpoint) => checkpoint.id)).size).toBe(checkpoints.length);
    const created = timeline.filter(({ type }) => type === ExecutionEventType.CHECKPOINT_CREATED);
    expect(created.map(({ data }) => data?.checkpointId)).toEqual(expect.arrayContaining(checkpoints.map((c) => c.id)));
    const [first] = checkpoints;
    expect(first).toMatchObject({ executionId: id, timestamp: expect.any(Date), metadata: { generation: 0 } });
    expect(first?.state.currentTaskId).toBe('step0');
    expect(first?.state.completedTasks).toEqual([]);
    expect(first?.state.taskStates.get('step1')).toEqual({ status: 'pending', attempt: 0 });
    expect(first?.state.resourceAllocations.size).toBe(0);
    expect(first?.state.variables).toEqual(new Map());
    expect((await engine.listCheckpoints(id)).map((each) => each.id)).toEqual(checkpoints.map((each) => each.id));
  });

  test('an execution goes back to a checkpoint and on from there', async () => {
    const engine = await engineWith();
    const execution = await engine.start(chain(3, 150));
    await started(execution, 'step1');
    const { id, state } = await engine.createCheckpoint(execution.id);
    expect(state.completedTasks).toEqual(['step0']);
    await execution.result();
    await engine.restoreFromCheckpoint(id);
    const { status, timeline } = await (await engine.open(execution.id)).result();
    expect(status).toBe(ExecutionStatus.COMPLETED);
    const begun = timeline.flatMap(({ type, taskId }) => (type === 'TASK_STARTED' ? [taskId] : []));
    expect(begun).toEqual(['step0', 'step1', 'step2', 'step1', 'step2']);
    expect(timeline.map(({ type }) => type)).toContain(ExecutionEventType.RECOVERY_INITIATED);
  });
});

describe('S5 execution control', () => {
  test('pause holds back what has not started, resume goes on', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(2, 60));
    await engine.pause(id);
    expect(engine.getStatus(id)).toBe(ExecutionStatus.PAUSED);
    await rest(120);
    expect(engine.getStatus(id)).toBe(ExecutionStatus.PAUSED);
    await engine.resume(id);
    const { status, timeline } = await result();
    expect(status).toBe(ExecutionStatus.COMPLETED);
    const types = timeline.map(({ type }) => type);
    expect(types.indexOf('EXECUTION_PAUSED')).toBeLessThan(types.indexOf('EXECUTION_RESUMED'));
    expect(types.indexOf('TASK_STARTED', types.indexOf('TASK_STARTED') + 1)).toBeGreaterThan(
      types.indexOf('EXECUTION_RESUMED'),
    );
  });

  test('cancel ends at once, whatever runs', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(2, 60_000));
    await engine.cancel(id);
    const { status, error, timeline } = await result();
    expect(status).toBe(ExecutionStatus.CANCELLED);
    expect(error?.code).toBe('ABORTED');
    expect(timeline.at(-1)?.type).toBe(ExecutionEventType.EXECUTION_CANCELLED);
    await expect(engine.resume(id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });
});

test('S5 metrics analysis: every figure is there, within its range', async () => {
  const engine = await engineWith(failing('FLAKY', 1));
  const result: ExecutionResult = await engine.execute({
    heddle: 1,
    name: 'p',
    nodes: {
      flaky: { module: 'call', retry: { attempts: 2, backoff: 'fixed', delayMs: 40, jitter: 'none' } },
      work: { module: 'work', with: { ms: 20 }, needs: ['flaky'] },
    },
  });
  const { metrics, resourceUsage, timeline } = result;
  expect(metrics.totalDuration).toBeGreaterThanOrEqual(59);
  expect(metrics.effectiveDuration).toBeLessThanOrEqual(metrics.totalDuration - 38);
  expect(metrics).toMatchObject({ totalCost: 0, qualityScore: 0.5, successRate: 1, errorRate: 1 / 3 });
  expect(metrics.throughput).toBeCloseTo(2 / (metrics.totalDuration / 1000));
  expect(metrics.resourceEfficiency).toBeGreaterThan(0);
  expect(metrics.resourceEfficiency).toBeLessThanOrEqual(1);
  expect(resourceUsage).toEqual([]);
  for (const event of timeline) {
    expect(`${event.timestamp.toISOString()}: ${event.type} - ${event.description}`).toMatch(/^\S+Z: [A-Z_]+ - ./);
  }
});

test('S5 every type of event has its name as a value', () => {
  const promised = [
    ...['STARTED', 'COMPLETED', 'FAILED', 'PAUSED', 'RESUMED', 'CANCELLED'].map((what) => `EXECUTION_${what}`),
    ...['TASK_STARTED', 'TASK_COMPLETED', 'TASK_FAILED', 'RESOURCE_ALLOCATED', 'RESOURCE_RELEASED'],
    ...['CHECKPOINT_CREATED', 'RECOVERY_INITIATED'],
  ];
  for (const type of promised) expect(ExecutionEventType).toHaveProperty(type, type);
  expect(Object.keys(ExecutionStatus)).toEqual(['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED']);
  expect(Object.keys(MessageLevel)).toEqual(['DEBUG', 'INFO', 'WARNING', 'ERROR']);
});

test('S5 retries and timeouts are warnings, failures are errors', async () => {
  const engine = await engineWith(failing('FLAKY', 1));
  const nodes = {
    flaky: { module: 'call', retry: { attempts: 2, delayMs: 1 } },
    slow: { module: 'work', with: { ms: 1000 }, timeoutMs: 10 },
  };
  const { id } = await engine.start({ heddle: 1, name: 'p', tolerance: 'tolerant', nodes });
  const told: string[] = [];
  for await (const { messages } of engine.monitor(id)) {
    told.push(...messages.map(({ level, taskId }) => `${level} ${taskId}`));
  }
  expect(told.sort()).toEqual(['ERROR slow', 'WARNING flaky', 'WARNING slow']);
});

test('S5 what had finished when an execution timed out is kept, and a fork goes on from it', async () => {
  const engine = await engineWith();
  const nodes = {
    quick: { module: 'double', with: { x: 1 } },
    slow: { module: 'work', with: { ms: '${input.ms * quick.x}' } },
  };
  const program = { heddle: 1, name: 'p', limits: { timeoutMs: 60 }, nodes };
  const { status, error, executionId, timeline } = await engine.execute(program, { ms: 60_000 });
  expect([status, error?.code]).toEqual(['FAILED', 'TIMEOUT']);
  expect(timeline.find(({ type }) => type === 'TASK_COMPLETED')?.taskId).toBe('quick');
  const fork = await engine.fork(executionId, { from: 'slow', inputs: { ms: 1 } });
  const again = await fork.result();
  expect(again.result).toEqual({ slow: { ms: 2 } });
  expect(again.timeline.some(({ type, taskId }) => type === 'TASK_STARTED' && taskId === 'quick')).toBe(false);
});
