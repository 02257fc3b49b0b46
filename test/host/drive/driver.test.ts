import { describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../../../src/adapters/memory/artifact-store.ts';
import { CryptoRandom } from '../../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../../src/adapters/memory/inline-runner.ts';
import { MemoryJournalStore } from '../../../src/adapters/memory/journal-store.ts';
import { LocalLeaseKeeper } from '../../../src/adapters/memory/lease-keeper.ts';
import { MemoryRecordStore } from '../../../src/adapters/memory/record-store.ts';
import { TimerClock } from '../../../src/adapters/memory/timer-clock.ts';
import { initialState } from '../../../src/engine/checkpoint.ts';
import type { JournalEntry } from '../../../src/engine/event.ts';
import { type ErrorData, HeddleError } from '../../../src/errors.ts';
import { DefaultExecutionEngine } from '../../../src/host/default-execution-engine.ts';
import { ExecutionDriver } from '../../../src/host/drive/driver.ts';
import { ModuleRegistry } from '../../../src/host/registry.ts';
import { Bindings } from '../../../src/host/values/bindings.ts';
import { Values } from '../../../src/host/values/values.ts';
import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import { createPlan } from '../../../src/plan/plan.ts';
import type { Commit, JournalStore } from '../../../src/ports/journal-store.ts';

const ran: string[] = [];
const modules = new ModuleRegistry([
  {
    name: 'test.step',
    version: '1',
    run: async (_: unknown, ctx) => {
      ran.push(ctx.taskId);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ctx.taskId;
    },
  },
]);
const program = {
  heddle: 1,
  name: 'steps',
  nodes: { a: { module: 'test.step', with: {} }, b: { module: 'test.step', with: {}, needs: ['a'] } },
};

/** The memory store with one method of ours in front of `commit`. */
function engineOver(commit: (commit: Commit, store: MemoryJournalStore) => void) {
  const artifacts = new MemoryArtifactStore();
  const store = new MemoryJournalStore(artifacts);
  const journal: JournalStore = Object.assign(Object.create(store), {
    inlineBytesMax: store.inlineBytesMax,
    create: store.create.bind(store),
    header: store.header.bind(store),
    claim: store.claim.bind(store),
    read: store.read.bind(store),
    latestCheckpoint: store.latestCheckpoint.bind(store),
    checkpoint: store.checkpoint.bind(store),
    checkpoints: store.checkpoints.bind(store),
    summary: store.summary.bind(store),
    list: store.list.bind(store),
    delete: store.delete.bind(store),
    commit: (each: Commit) => commit(each, store),
  });
  const clock = new TimerClock();
  const engine = new DefaultExecutionEngine({
    kernel: createJsKernel(),
    modules,
    journal,
    artifacts,
    records: new MemoryRecordStore(),
    clock,
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
    runner: new InlineRunner({ modules }),
  });
  return { engine, store };
}

describe('the host', () => {
  test('HO1 what comes in one breath is one commit, and is acted upon only when that is durable', async () => {
    const turns: string[][] = [];
    const { engine } = engineOver((commit, store) => {
      turns.push(commit.entries.map(({ type }) => type));
      // Nothing of this turn has been carried out yet.
      expect(ran).toEqual(turns.length <= 1 ? [] : turns.length === 2 ? ['a'] : ['a', 'b']);
      store.commit(commit);
    });
    ran.length = 0;
    await engine.execute(program);
    expect(turns).toEqual([
      ['ExecutionStarted', 'LeaseAcquired'],
      ['AttemptSucceeded'],
      // What is asked of values is answered in the turn that asks: it has no effect.
      ['AttemptSucceeded', 'ExecutionFinished'],
    ]);
  });

  test('HO3 when a commit fails, nothing of it is told and the driver stops; the next host goes on from what is durable', async () => {
    let failing = true;
    const { engine, store } = engineOver((commit, inner) => {
      if (failing && commit.entries.some(({ type }) => type === 'AttemptSucceeded'))
        throw new HeddleError({ code: 'STORAGE_FAILED', message: 'the disk is full', retryable: true });
      inner.commit(commit);
    });
    ran.length = 0;
    const handle = await engine.start(program);
    const told: string[] = [];
    engine.subscribe(handle.id, ({ events }) => told.push(...events.map(({ type }) => type)));
    await expect(handle.result()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(told).not.toContain('TASK_COMPLETED');
    expect(store.read(handle.id, 0).map(({ type }: JournalEntry) => type)).toEqual([
      'ExecutionStarted',
      'LeaseAcquired',
    ]);
    failing = false;
    const { status } = await (await engine.open(handle.id)).result();
    expect([status, ran]).toEqual(['COMPLETED', ['a', 'a', 'b']]);
  });

  test('HO4 a state that contradicts itself ends the execution as FAILED, recorded after what is durable', async () => {
    const store = new MemoryJournalStore(new MemoryArtifactStore());
    const plan = createPlan(program as never, createJsKernel());
    const started = {
      type: 'ExecutionStarted',
      executionId: 'ex',
      programDigest: 'd',
      inputs: { value: {} },
      options: {},
      seed: 1,
    } as const;
    store.create({
      executionId: 'ex',
      programName: 'steps',
      programDigest: 'd',
      program: program as never,
      createdAtMs: 0,
    });
    const epoch = store.claim('ex');
    const state = initialState(plan, started);
    let halted: (error: ErrorData) => void = () => undefined;
    const stopped = new Promise<ErrorData>((resolve) => {
      halted = resolve;
    });
    const values = new Values('ex', new MemoryArtifactStore(), store.inlineBytesMax);
    const driver = new ExecutionDriver({
      plan,
      state,
      epoch,
      values,
      bindings: new Bindings(plan, values),
      journal: store,
      clock: new TimerClock(),
      runner: new InlineRunner({ modules }),
      // No task of this program asks for any of them.
      services: {} as never,
      figures: () => undefined,
      watcher: { published: () => undefined, noted: () => undefined, halted, broken: halted },
    });
    driver.deliver(started, { type: 'LeaseAcquired', epoch, slots: 2 });
    await Promise.resolve();
    // As a stray bit would. The state is checked before it is saved.
    const task = state.tasks[1];
    if (task !== undefined) task.status = 'succeeded';
    driver.deliver({ type: 'CheckpointRequested', checkpointId: 'cp' });
    expect(await stopped).toMatchObject({ code: expect.stringMatching(/INVARIANT|ILLEGAL_TRANSITION/) });
    const entries = store.read('ex', 0);
    expect(entries.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'LeaseAcquired',
      'CheckpointRequested',
      'ExecutionFinished',
    ]);
    expect(store.summary('ex')?.status).toBe('FAILED');
  });
});
