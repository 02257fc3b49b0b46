import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { sampleFile, samplesPresent } from '../formats/samples.ts';
import { diamond, fileOf, folder, heddle, spawnHeddle } from './heddle.ts';

interface ResultDocument {
  readonly executionId: string;
  readonly status: string;
  readonly result: unknown;
  readonly startedAt: string;
  readonly metrics: { readonly tasksExecuted: number; readonly tasksCached: number; readonly tasksSkipped: number };
  readonly timeline: readonly {
    readonly type: string;
    readonly taskId?: string;
    readonly data?: { readonly attempt?: number };
  }[];
}

const resultOf = (stdout: string) => JSON.parse(stdout) as ResultDocument;

/** A chain of tasks of 100 ms each, at the scale of 1. */
const chain = {
  heddle: 1,
  name: 'chain',
  nodes: Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `n${index}`,
      { module: 'sim.task', with: { runtimeS: 0.1, scale: 1 }, needs: index === 0 ? [] : [`n${index - 1}`] },
    ]),
  ),
};

/** One task of a minute. */
const endless = { ...chain, nodes: { n0: { module: 'sim.task', with: { runtimeS: 60, scale: 1 } } } };

/** Starts a run, lets it get somewhere, and ends it with the signal. */
async function cutShort(signal: NodeJS.Signals, ...args: readonly string[]) {
  const store = args[args.indexOf('--store') + 1];
  if (args.includes('--store') && store !== undefined) return cutShortWhen(() => someEvents(store), signal, ...args);
  // Without a store nothing can be seen from outside: one that was too slow to hear the signal is given more time.
  for (let afterMs = 1500; ; afterMs *= 2) {
    const cut = await cutShortWhen(() => sleep(afterMs), signal, ...args);
    if (cut.status !== null || afterMs > 20_000) return cut;
  }
}

async function cutShortWhen(ready: () => Promise<void>, signal: NodeJS.Signals, ...args: readonly string[]) {
  const child = spawnHeddle('run', '--json', ...args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  await ready();
  child.kill(signal);
  return { status: await closed, stdout, stderr };
}

/** Waits until a few of the run's events are stored. */
async function someEvents(store: string): Promise<void> {
  const file = join(store, 'heddle.sqlite');
  for (;;) {
    await sleep(20);
    if (!existsSync(file)) continue;
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const newest = 'SELECT last_seq AS seq FROM executions ORDER BY created_at_ms DESC LIMIT 1';
      if (Number(database.prepare(newest).get()?.seq ?? 0) >= 8) return;
    } catch {
      // It is being made.
    } finally {
      database.close();
    }
  }
}

test('a program runs to its end and gives its result', () => {
  const { status, stdout, stderr } = heddle('run', fileOf(diamond), '--json');
  expect([status, stderr]).toEqual([0, '']);
  expect(resultOf(stdout)).toMatchObject({
    status: 'COMPLETED',
    result: { d: { runtimeS: 0 } },
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    metrics: { tasksExecuted: 4, tasksCached: 0, tasksSkipped: 0 },
  });
});

test('a table for people', () => {
  const { status, stdout } = heddle('run', fileOf(diamond));
  expect([status, stdout]).toEqual([0, expect.stringMatching(/COMPLETED in .*: 4 tasks executed/)]);
});

describe('inputs', () => {
  const program = {
    heddle: 1,
    name: 'inputs',
    inputs: { type: 'object', required: ['seconds'], properties: { seconds: { type: 'number' } } },
    nodes: { a: { module: 'sim.task', with: { runtimeS: '${input.seconds}', scale: 0 } } },
    outputs: { seconds: '${a.runtimeS}' },
  };

  test('come from the command line or a file', () => {
    expect(resultOf(heddle('run', fileOf(program), '--json', '--inputs', '{"seconds": 3}').stdout).result).toEqual({
      seconds: 3,
    });
    const file = fileOf({ seconds: 4 });
    expect(resultOf(heddle('run', fileOf(program), '--json', '--inputs', `@${file}`).stdout).result).toEqual({
      seconds: 4,
    });
  });

  test('that the program refuses are told with their place', () => {
    const { status, stdout, stderr } = heddle('run', fileOf(program), '--json', '--inputs', '{"seconds": "x"}');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/BAD_INPUT inputs\.seconds/);
  });
});

test('a failed execution is printed, told on standard error, and no success', () => {
  const failing = { heddle: 1, name: 'failing', nodes: { a: { module: 'sim.task', with: { runtimeS: -1 } } } };
  const { status, stdout, stderr } = heddle('run', fileOf(failing), '--json');
  expect([status, resultOf(stdout).status]).toEqual([1, 'FAILED']);
  expect(stderr).toMatch(/^heddle: BAD_INPUT/);
});

test('a module nobody has is refused before anything runs', () => {
  const { status, stdout, stderr } = heddle(
    'run',
    fileOf({ heddle: 1, name: 'n', nodes: { a: { module: 'no.such' } } }),
    '--json',
  );
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('UNKNOWN_MODULE nodes.a.module');
});

describe.runIf(samplesPresent)('a recorded workflow', () => {
  test('is run at the speed asked for', () => {
    const { status, stdout } = heddle(
      'run',
      sampleFile('montage-chameleon-2mass-005d-001'),
      '--json',
      '--inputs',
      '{"scale": 0}',
    );
    expect([status, resultOf(stdout).metrics.tasksExecuted]).toEqual([0, 58]);
  });
});

describe('a run that is cut short', () => {
  test.each<[NodeJS.Signals, number | null]>([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ])('by %s is gone on with by the same command, and nothing that finished runs again', async (signal, code) => {
    const args = [fileOf(chain), '--store', folder()];
    expect((await cutShort(signal, ...args)).status).toBe(code);
    const { status, stdout, stderr } = heddle('run', '--json', ...args);
    expect([status, stderr]).toEqual([0, expect.stringContaining('goes on with execution')]);
    const { metrics, timeline } = resultOf(stdout);
    expect(metrics.tasksExecuted).toBe(12);
    const completed = timeline.filter(({ type }) => type === 'TASK_COMPLETED').map(({ taskId }) => taskId);
    expect(completed).toEqual(Array.from({ length: 12 }, (_, index) => `n${index}`));
    // Only the task that was cut short was started twice.
    const started = timeline.filter(({ type }) => type === 'TASK_STARTED').length;
    expect(started).toBeLessThanOrEqual(13);
  });

  test('is not confused with another program or other inputs, and an ended one is not run on', async () => {
    const store = folder();
    const file = fileOf(chain);
    await cutShort('SIGKILL', file, '--store', store);
    expect(heddle('run', '--json', fileOf(diamond), '--store', store).stderr).toBe('');
    expect(heddle('run', '--json', file, '--store', store, '--inputs', '{"other": 1}').stderr).toBe('');
    const resumed = resultOf(heddle('run', '--json', file, '--store', store).stdout);
    const again = resultOf(heddle('run', '--json', file, '--store', store).stdout);
    expect(again.executionId).not.toBe(resumed.executionId);
    expect([resumed.status, again.status]).toEqual(['COMPLETED', 'COMPLETED']);
  });

  test('without a store is cancelled by Ctrl-C and says so', async () => {
    const { status, stdout } = await cutShort('SIGINT', fileOf(endless));
    expect([status, resultOf(stdout).status]).toEqual([130, 'CANCELLED']);
  });

  test('of a file with a name that repeats in the store is told apart by its nodes', async () => {
    const store = folder();
    const file = fileOf(chain);
    await cutShort('SIGKILL', file, '--store', store);
    writeFileSync(file, JSON.stringify({ ...chain, nodes: { only: { module: 'sim.task', with: { runtimeS: 0 } } } }));
    const { status, stdout } = heddle('run', '--json', file, '--store', store);
    expect([status, resultOf(stdout).metrics.tasksExecuted]).toEqual([0, 1]);
  });
});

test('modules are lent the environment variables that are named, and no others', () => {
  const program = {
    heddle: 1,
    name: 'signed',
    nodes: { told: { module: 'notify', with: { url: 'http://127.0.0.1:9', event: 'e', secret: 'SIGNING_KEY' } } },
  };
  vi.stubEnv('SIGNING_KEY', 'a-key-of-mine');
  const [without, named] = [[], ['--secrets', 'OTHER,SIGNING_KEY']].map(
    (args) => heddle('run', fileOf(program), '--json', ...args).stdout,
  );
  expect(without).toContain('SIGNING_KEY');
  expect(named).not.toContain('SIGNING_KEY');
});
