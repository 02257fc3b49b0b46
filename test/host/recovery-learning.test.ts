import { describe, expect, test } from 'vitest';
import { defineModule, RecoveryAction, type RecoveryResult, type RecoveryStrategy } from '../../src/index.ts';
import { createTestEngine, drive, FakeClock, memoryStores } from '../../src/testing.ts';

/** Fails until it is mended. */
function world(stores = memoryStores()) {
  const service = { broken: true };
  const call = defineModule({
    name: 'call',
    version: '1',
    run: () => {
      if (service.broken) throw Object.assign(new Error('down'), { code: 'DOWN' });
      service.broken = true;
      return 'answer';
    },
  });
  const clock = new FakeClock();
  return { ...createTestEngine({ modules: [call], stores, clock }), service };
}
const program = (more: object = {}) => ({ heddle: 1, name: 'p', nodes: { call: { module: 'call' }, ...more } });

function strategy(id: string, asked: string[], execute: RecoveryStrategy['execute']): RecoveryStrategy {
  const told: RecoveryStrategy['execute'] = (context) => {
    asked.push(id);
    return execute(context);
  };
  return { id, name: id, description: id, applicableErrors: ['DOWN'], execute: told };
}
const result = (action: RecoveryAction): RecoveryResult => ({ success: true, action, message: action });

describe('which strategy is asked', () => {
  test('of several for an error, the one that has helped most often is asked, after a restart too', async () => {
    const stores = memoryStores();
    const asked: string[] = [];
    const add = ({ engine, service }: ReturnType<typeof world>) => {
      engine.addRecoveryStrategy(strategy('useless', asked, async () => result(RecoveryAction.FALLBACK)));
      engine.addRecoveryStrategy(
        strategy('mends', asked, async () => {
          service.broken = false;
          return result(RecoveryAction.RETRY);
        }),
      );
    };
    const first = world(stores);
    add(first);
    const statuses: string[] = [];
    for (let run = 0; run < 4; run++) statuses.push((await first.engine.execute(program())).status);
    // The first was added first, and has failed once: from then on the other is worth a try.
    expect(asked).toEqual(['useless', 'mends', 'mends', 'mends']);
    expect(statuses).toEqual(['FAILED', 'COMPLETED', 'COMPLETED', 'COMPLETED']);
    await first.engine.close();

    const second = world(stores);
    add(second);
    expect((await second.engine.execute(program(), {}, { executionId: 'later' })).status).toBe('COMPLETED');
    expect(asked.at(-1)).toBe('mends');
  });

  test('without its records the first that was added is', async () => {
    const stores = memoryStores();
    const fails = () => {
      throw new Error('the disk is full');
    };
    const records = Object.create(stores.records, { get: { value: fails }, put: { value: fails } });
    const asked: string[] = [];
    const { engine } = world({ ...stores, records });
    for (const id of ['one', 'two']) engine.addRecoveryStrategy(strategy(id, asked, async () => result('SKIP')));
    for (let run = 0; run < 3; run++) expect((await engine.execute(program())).status).toBe('COMPLETED');
    expect(asked).toEqual(['one', 'one', 'one']);
  });
});

describe('the states of tasks in newState', () => {
  const after = { call: { module: 'call' }, next: { module: 'call', needs: ['call'], trigger: 'always' } };

  test('a strategy has a task skipped that has not begun', async () => {
    const { engine, clock } = world();
    engine.addRecoveryStrategy(
      strategy('skips both', [], async ({ state }) => {
        const taskStates = new Map(state.taskStates).set('next', { status: 'skipped', attempt: 0 });
        return { ...result(RecoveryAction.SKIP), newState: { ...state, taskStates } };
      }),
    );
    const { status, timeline } = await drive(clock, engine.execute(program(after)));
    expect(status).toBe('COMPLETED');
    const skipped = timeline.filter(({ type }) => type === 'TASK_SKIPPED').map(({ taskId }) => taskId);
    expect(skipped.sort()).toEqual(['call', 'next']);
  });

  test('a move that no task can make is no recovery', async () => {
    const { engine, clock } = world();
    engine.addRecoveryStrategy(
      strategy('lies', [], async ({ state }) => {
        const taskStates = new Map(state.taskStates).set('next', { status: 'succeeded', attempt: 1 });
        return { ...result(RecoveryAction.SKIP), newState: { ...state, taskStates } };
      }),
    );
    const { status, error } = await drive(clock, engine.execute(program(after)));
    expect([status, error?.code]).toEqual(['FAILED', 'DOWN']);
  });
});
