/** Runs in the page: every contender by name, so that the page measures them interleaved and by its own clock. */
import { type Remote, wrap } from 'comlink';
import { openDB } from 'idb';
import { IdbArtifactStore } from '../../src/adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import { loadKernel } from '../../src/adapters/browser/load-kernel.ts';
import { WorkerPoolRunner } from '../../src/adapters/browser/worker-pool-runner.ts';
import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { TimerClock } from '../../src/adapters/memory/timer-clock.ts';
import { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { encode } from '../../src/program/canonical.ts';
import { memoryStores } from '../../src/testing/test-stores.ts';
import { inTurns } from '../harness/in-turns.ts';
import { programOf, type Work } from '../harness/programs.ts';
import { warmUp } from '../harness/warm-up.ts';
import { bareLoop } from '../rivals/bare-loop.ts';

type Run = () => Promise<void>;

const noop = { name: 'noop', version: '1.0.0', run: () => ({ ok: true }) };
const workers = 4;
const warmUpMs = 200;

export async function contendersOf(question: 'idb' | 'pool', work: Work): Promise<Readonly<Record<string, Run>>> {
  return question === 'idb' ? idb(work) : pool(work);
}

async function idb(work: Work): Promise<Readonly<Record<string, Run>>> {
  const connection = new IdbConnection(`bench-${work.what}`);
  const modules = new ModuleRegistry([noop]);
  const durable = { journal: new IdbJournalStore(connection), artifacts: new IdbArtifactStore(connection) };
  return {
    Heddle: await engineRun(work, {
      ...memoryStores(),
      ...durable,
      runner: new InlineRunner({ modules, slots: 1000 }),
    }),
    'bare loop of packed commits, relaxed': await packedCommits(work, 'relaxed'),
    'bare loop of packed commits, strict': await packedCommits(work, 'strict'),
    'bare loop, a row and a transaction per task': await rowPerTask(work),
  };
}

async function pool(work: Work): Promise<Readonly<Record<string, Run>>> {
  const createWorker = () => new Worker('worker.js', { type: 'module' });
  return {
    Heddle: await engineRun(work, { ...memoryStores(), runner: new WorkerPoolRunner({ createWorker, size: workers }) }),
    "Heddle's pool without its engine": poolAlone(work, new WorkerPoolRunner({ createWorker, size: workers })),
    'bare postMessage': barePostMessage(work),
    'bare comlink': bareComlink(work),
  };
}

async function engineRun(
  work: Work,
  parts: Pick<ConstructorParameters<typeof DefaultExecutionEngine>[0], 'journal' | 'artifacts' | 'records' | 'runner'>,
): Promise<Run> {
  const { kernel } = await loadKernel(new URL('kernel.wasm', location.href));
  const modules = new ModuleRegistry([noop]);
  const outside = {
    kernel,
    modules,
    clock: new TimerClock(),
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
  };
  const engine = new DefaultExecutionEngine({ ...parts, ...outside });
  const program = programOf(work);
  return async () => {
    const { status } = await engine.execute(program);
    if (status !== 'COMPLETED') throw new Error(`it ended ${status}`);
  };
}

/** As many commits as there are turns: what has ended since the last one is one record, and the next turn waits for it. */
async function packedCommits({ needs, what }: Work, durability: 'relaxed' | 'strict'): Promise<Run> {
  const database = await openDB(`packed-${durability}-${what}`, 1, {
    upgrade: (fresh) => void fresh.createObjectStore('commits', { autoIncrement: true }),
  });
  const next: number[][] = needs.map(() => []);
  needs.forEach((of, task) => {
    for (const each of of) next[each]?.push(task);
  });
  return async () => {
    const waitsFor = needs.map((of) => of.length);
    let ready = waitsFor.flatMap((count, task) => (count === 0 ? [task] : []));
    while (ready.length > 0) {
      const results = await Promise.all(ready.map(async (task) => ({ task, output: { ok: true } })));
      const transaction = database.transaction('commits', 'readwrite', { durability });
      await Promise.all([transaction.store.add(encode(results)), transaction.done]);
      const following: number[] = [];
      for (const task of ready) {
        for (const each of next[task] ?? []) {
          const left = (waitsFor[each] ?? 0) - 1;
          waitsFor[each] = left;
          if (left === 0) following.push(each);
        }
      }
      ready = following;
    }
  };
}

async function rowPerTask(work: Work): Promise<Run> {
  const database = await openDB(`rows-${work.what}`, 1, {
    upgrade: (fresh) => void fresh.createObjectStore('rows', { autoIncrement: true }),
  });
  return () =>
    bareLoop(work, async () => {
      const transaction = database.transaction('rows', 'readwrite', { durability: 'relaxed' });
      await Promise.all([transaction.store.add({ ok: true }), transaction.done]);
    });
}

/** As many calls at once as the bare ones: all that are ready. */
function poolAlone(work: Work, runner: WorkerPoolRunner): Run {
  const [ignore, call] = [() => undefined, { executionId: 'ex', attempt: 1, generation: 0, module: 'noop', input: {} }];
  const heard = { emitted: ignore, progressed: ignore, logged: ignore, heartbeat: ignore, used: ignore };
  return () =>
    bareLoop(
      work,
      (task) =>
        new Promise((succeeded, failed) => {
          runner.start({ ...call, taskId: `t${task}` }, { ...heard, succeeded, failed });
        }),
    );
}

function barePostMessage(work: Work): Run {
  const members = Array.from({ length: workers }, () => new Worker('bare-worker.js', { type: 'module' }));
  const waiting = new Map<number, (output: unknown) => void>();
  let id = 0;
  for (const member of members) {
    member.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data.output);
      waiting.delete(data.id);
    };
  }
  const call = (task: number) =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      members[id % workers]?.postMessage({ id, task });
    });
  return () => bareLoop(work, call);
}

function bareComlink(work: Work): Run {
  const members = Array.from({ length: workers }, () =>
    wrap<{ run(task: number): unknown }>(new Worker('comlink-worker.js', { type: 'module' })),
  );
  return () =>
    bareLoop(work, async (task) => (members[task % workers] as Remote<{ run(task: number): unknown }>).run(task));
}

/** Each contender warmed up, then rounds of all, one after another, in balanced orders. @returns ms of each run, by contender */
export async function rounds(runs: Readonly<Record<string, Run>>, count: number): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (const run of Object.values(runs)) await warmUp(run, warmUpMs);
  for (const [, [name, run]] of inTurns(Object.entries(runs), count)) {
    const startMs = performance.now();
    await run();
    samples[name]?.push(performance.now() - startMs);
  }
  return samples;
}

Object.assign(globalThis, {
  bench: async (question: 'idb' | 'pool', work: Work, count: number) =>
    rounds(await contendersOf(question, work), count),
});
