import kernel from '#dist/kernel.wasm';
import { createWorker, defineModule, type EdgeEnv } from '../../src/edge.ts';
import { counting, takeCounts } from './counting.ts';

/** The Worker that fault tests kill: its modules tell an outside ledger what they are about to do, and what they did. */
const step = defineModule<{ readonly ledger: string; readonly ms?: number }, { readonly done: string }>({
  name: 'ledger.step',
  version: '1',
  async run({ ledger, ms = 0 }, ctx) {
    const tell = (phase: string) =>
      fetch(ledger, {
        method: 'POST',
        body: JSON.stringify({ phase, key: ctx.idempotencyKey, task: ctx.taskId, attempt: ctx.attempt }),
      });
    await tell('about');
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    await tell('effect');
    return { done: ctx.taskId };
  },
});

const fail = defineModule<{ readonly ledger: string }, never>({
  name: 'ledger.fail',
  version: '1',
  async run({ ledger }, ctx) {
    const note = { phase: 'about', key: ctx.idempotencyKey, task: ctx.taskId, attempt: ctx.attempt };
    await fetch(ledger, { method: 'POST', body: JSON.stringify(note) });
    throw Object.assign(new Error('it fails on purpose'), { code: 'ON_PURPOSE' });
  },
});

/** Nothing but the engine's own work. */
const quick = defineModule<{ readonly n?: number }, { readonly n: number }>({
  name: 'test.quick',
  version: '1',
  run: ({ n = 0 }) => ({ n }),
});

const range = defineModule<{ readonly n: number }, readonly number[]>({
  name: 'test.range',
  version: '1',
  run: ({ n }) => Array.from({ length: n }, (_, index) => index),
});

const heavy = defineModule<unknown, { readonly sum: number }>({
  name: 'test.heavy',
  version: '1',
  kind: 'cpu',
  run() {
    let sum = 0;
    for (let n = 0; n < 100_000; n++) sum += n % 7;
    return { sum };
  },
});

const large = defineModule<{ readonly bytes: number }, Uint8Array>({
  name: 'test.large',
  version: '1',
  run: ({ bytes }) => Uint8Array.from({ length: bytes }, (_, n) => (n * 31) % 251),
});

const measure = defineModule<{ readonly of: Uint8Array }, { readonly bytes: number; readonly sum: number }>({
  name: 'test.measure',
  version: '1',
  run: ({ of }) => ({ bytes: of.length, sum: of.reduce((sum, byte) => (sum + byte) % 65_521, 0) }),
});

const worker = createWorker({ modules: [step, fail, quick, range, heavy, large, measure], kernel });

export const ProgramObject = counting('program', worker.ProgramObject);
export const RunnerObject = counting('runner', worker.RunnerObject);
export const CacheObject = counting('cache', worker.CacheObject);
export const CatalogueObject = counting('catalogue', worker.CatalogueObject);

interface FaultEnv extends EdgeEnv {
  /** `before:3`: dies before the third journal commit of this process; `after:3`: as soon as it is durable. */
  readonly DIE_AT?: string;
}

/** Says that it is there and stays there, so that the test can kill the process at this very moment. */
function dieHere(where: string): never {
  console.log(`heddle-die ${where}`);
  for (;;);
}

/** An execution object with a failpoint at every commit of its journal, and with doors that only tests have. */
export class ExecutionObject extends counting('execution', worker.ExecutionObject) {
  constructor(ctx: DurableObjectState, env: FaultEnv) {
    const [where, at] = env.DIE_AT?.split(':') ?? [];
    if (where !== undefined) {
      const { sql } = ctx.storage;
      const exec = sql.exec.bind(sql);
      let commits = 0;
      const watched = (query: string, ...parameters: unknown[]) => {
        const isCommit = query.startsWith('INSERT INTO commits') && ++commits === Number(at);
        if (isCommit && where === 'before') dieHere(where);
        const cursor = exec(query, ...parameters);
        if (isCommit) void ctx.storage.sync().then(() => dieHere(where));
        return cursor;
      };
      Object.defineProperty(sql, 'exec', { value: watched, configurable: true });
    }
    super(ctx, env);
  }

  /** As if the platform had put the object away in the middle of everything. */
  die(): void {
    this.ctx.abort('the test wants it');
  }

  async loseAlarm(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
  }

  async alarmNow(): Promise<void> {
    await this.alarm?.();
  }

  rows(query: string): unknown[] {
    return this.ctx.storage.sql.exec(query).toArray();
  }
}

interface TestDoors {
  die(): Promise<void>;
  loseAlarm(): Promise<void>;
  alarmNow(): Promise<void>;
  rows(query: string): Promise<unknown[]>;
}

/**
 * `POST /test/{door}/{root}`, body: the argument; `POST /test/sweep/{time in ms}`: as the cron would;
 * `POST /test/counts`: what the objects were asked to do since this was last asked.
 */
async function testDoor(request: Request, env: EdgeEnv): Promise<Response> {
  const [, , door = '', id = ''] = new URL(request.url).pathname.split('/');
  if (door === 'sweep') {
    await worker.handler.scheduled({ scheduledTime: Number(id) }, env);
    return Response.json({});
  }
  if (door === 'counts') return Response.json(takeCounts());
  const stub = env.EXECUTIONS.get(env.EXECUTIONS.idFromName(`main/${id}`)) as unknown as TestDoors;
  try {
    const told = await stub[door as keyof TestDoors](await request.text());
    return Response.json(told ?? {});
  } catch (thrown) {
    return Response.json({ thrown: String(thrown) });
  }
}

export default {
  ...worker.handler,
  fetch: (request: Request, env: EdgeEnv) =>
    new URL(request.url).pathname.startsWith('/test/') ? testDoor(request, env) : worker.handler.fetch(request, env),
};
