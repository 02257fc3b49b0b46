import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStores } from '../../src/adapters/node/open-stores.ts';
import { isHeddleError } from '../../src/errors.ts';
import type { ExecutionEvent } from '../../src/host/view/execution-view.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultPlan } from '../../src/testing/fault-plan.ts';
import { quiet } from '../../src/testing/quiet.ts';
import { replay } from '../../src/testing/replay.ts';
import { createTestEngine } from '../../src/testing/test-engine.ts';
import { memoryStores, type TestStores } from '../../src/testing/test-stores.ts';
import { inputs, modules, rightResult, sixtyTasks } from './sixty-tasks.ts';

const executionId = 'ex_faulty';
const program = sixtyTasks();

interface Home {
  readonly stores: TestStores;
  reopen(): Promise<Home>;
  close(): void;
}

const homes: Readonly<Record<string, () => Promise<Home>>> = {
  memory: async () => {
    const stores = memoryStores();
    const home: Home = { stores, reopen: async () => home, close: () => undefined };
    return home;
  },
  'a SQLite file': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-faults-'));
    const open = async (): Promise<Home> => {
      const stores = await openStores(folder);
      const reopen = async () => {
        stores.close();
        return open();
      };
      const close = () => {
        stores.close();
        rmSync(folder, { recursive: true });
      };
      return { stores, reopen, close };
    };
    return open();
  },
};

/** What an engine has told a user of it, by every way there is. */
interface Told {
  readonly events: Map<string, ExecutionEvent>;
  readonly acknowledged: string[];
  readonly checkpoints: string[];
  result: unknown;
  readonly refused: unknown[];
}

/** Starts, pauses, resumes, asks for a checkpoint and waits for the end; refusals are kept. */
async function use(stores: TestStores, faults: FaultPlan): Promise<Told> {
  const { engine } = createTestEngine({ modules, stores, faults, clock: new FakeClock(), slots: 3 });
  const told: Told = { events: new Map(), acknowledged: [], checkpoints: [], result: undefined, refused: [] };
  const hear = (events: readonly ExecutionEvent[]): void => {
    for (const event of events) if (event.id !== 'live') told.events.set(event.id, event);
  };
  const ask = async (name: string, asked: Promise<unknown>): Promise<void> => {
    try {
      const answer = await asked;
      told.acknowledged.push(name);
      if (name === 'checkpoint') told.checkpoints.push((answer as { readonly id: string }).id);
    } catch (thrown) {
      told.refused.push(thrown);
    }
  };
  try {
    const handle = await engine.start(program, inputs, { executionId });
    told.acknowledged.push('start');
    engine.subscribe(executionId, ({ events }) => hear(events));
    const monitored = (async () => {
      for await (const { events } of handle.monitor()) hear(events);
    })().catch((thrown) => told.refused.push(thrown));
    const ended = handle.result().then(
      ({ status, result }) => {
        told.result = { status, result };
      },
      (thrown) => told.refused.push(thrown),
    );
    await ask('pause', engine.pause(executionId));
    await ask('checkpoint', engine.createCheckpoint(executionId));
    await ask('resume', engine.resume(executionId));
    await Promise.all([monitored, ended]);
    await quiet();
  } catch (thrown) {
    told.refused.push(thrown);
  }
  await engine.close();
  return told;
}

/** The facts of what is stored; none when it never began. */
async function stored({ journal }: TestStores) {
  const header = await journal.header(executionId);
  const entries = header === undefined ? [] : await journal.read(executionId, 0);
  const first = header !== undefined && entries.length > 0 ? replay(header.program, entries) : undefined;
  return { entries, facts: first?.facts ?? [], status: first?.status };
}

async function check(open: () => Promise<Home>, k: number, when: 'before' | 'after'): Promise<boolean> {
  const first = await open();
  const faults = new FaultPlan([{ on: 'write', at: k, when }]);
  const told = await use(first.stores, faults);
  const home = await first.reopen();
  const where = `write ${k}, ${when}`;
  const { entries, facts } = await stored(home.stores);
  for (const thrown of told.refused) {
    // An artifact that cannot be stored is the failure of its task; the rest is the store's.
    expect(isHeddleError(thrown), `${where}: ${String(thrown)}`).toBe(true);
    expect(['STORAGE_FAILED', 'ABORTED', 'NOT_ALLOWED']).toContain((thrown as { code: string }).code);
  }
  for (const [id, event] of told.events) {
    const fact = facts[Number(id) - 1];
    expect([fact?.type, fact?.taskId], `${where}: told fact ${id} is stored`).toEqual([event.type, event.taskId]);
  }
  const types = new Set(entries.map(({ type }) => type));
  const events = { start: 'ExecutionStarted', pause: 'PauseRequested', resume: 'ResumeRequested' } as const;
  for (const [name, type] of Object.entries(events)) {
    if (told.acknowledged.includes(name)) expect(types, `${where}: ${name}`).toContain(type);
  }
  for (const id of told.checkpoints) expect(await home.stores.journal.checkpoint(id), where).toBeDefined();
  if (told.result !== undefined) expect(types, where).toContain('ExecutionFinished');
  await resume(home, told, entries, where);
  home.close();
  return faults.struck > 0;
}

/** A new engine over the same store goes on to the right result, and nothing recorded as finished runs again. */
async function resume(home: Home, told: Told, entries: Awaited<ReturnType<typeof stored>>['entries'], where: string) {
  const { engine, calls } = createTestEngine({ modules, stores: home.stores, slots: 3, seed: 2 });
  const begun = entries.length > 0;
  const handle = await (begun ? engine.open(executionId) : engine.start(program, inputs, { executionId: 'ex_again' }));
  if (handle.status === 'PAUSED') await handle.resume();
  const { status, result } = await handle.result();
  // A task whose artifact could not be stored has failed: that is a result too, and the same one that was told.
  if (status === 'FAILED')
    expect(
      entries.some(({ type }) => type === 'AttemptFailed'),
      where,
    ).toBe(true);
  else expect({ status, result }, where).toEqual({ status: 'COMPLETED', result: rightResult() });
  if (told.result !== undefined) expect({ status, result }, where).toEqual(told.result);
  const finished = entries.flatMap((entry) =>
    entry.type === 'AttemptSucceeded' ? [entry.item === undefined ? entry.node : `${entry.node}[${entry.item}]`] : [],
  );
  const again = calls.map(({ taskId }) => taskId).filter((taskId) => finished.includes(taskId));
  expect(again, `${where}: recorded as finished and run again`).toEqual([]);
  await engine.close();
}

describe.each(Object.entries(homes))('HO2, HO3 the k-th write of 60 tasks fails, in %s', (_, open) => {
  test('without a fault it is right, and has writes enough', async () => {
    const home = await open();
    const faults = new FaultPlan();
    const told = await use(home.stores, faults);
    expect(told).toMatchObject({
      result: { status: 'COMPLETED', result: rightResult() },
      acknowledged: ['start', 'pause', 'checkpoint', 'resume'],
      refused: [],
    });
    expect(faults.counts.write).toBeGreaterThan(25);
    home.close();
  });

  test.each(['before', 'after'] as const)(
    'told is stored, stored is kept, and a new engine goes on: failing %s the write happened',
    { timeout: 60_000 },
    async (when) => {
      let k = 1;
      while (await check(open, k, when)) k++;
      expect(k).toBeGreaterThan(25);
    },
  );
});
