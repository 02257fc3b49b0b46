/** All contenders in one Worker, so that one workerd runs them all. Each does the same DAG of no-op tasks, and keeps every result. */
import { DurableObject, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import kernel from '../../dist/kernel.wasm';
import { createWorker, type EdgeEnv } from '../../src/edge.ts';
import { bareLoop } from '../rivals/bare-loop.ts';

interface Job {
  readonly what: string;
  readonly needs: readonly (readonly number[])[];
}

interface Env extends EdgeEnv {
  readonly BARE: DurableObjectNamespace<BareObject>;
  readonly EMPTY: DurableObjectNamespace<EmptyRunner>;
  readonly DAG: Workflow;
}

const noop = { name: 'noop', version: '1.0.0', run: () => ({ ok: true }) };
const noopElsewhere = { name: 'noop.cpu', version: '1.0.0', kind: 'cpu' as const, run: () => ({ ok: true }) };

const service = createWorker({ modules: [noop, noopElsewhere], kernel });
export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = service;

/** What an object does for one task and no more. */
export class EmptyRunner extends DurableObject<Env> {
  run(task: number) {
    return { task, ok: true };
  }
}

/** What one would write by hand. */
export class BareObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS results (run INTEGER, task INTEGER, output TEXT, PRIMARY KEY (run, task))',
    );
  }

  override async fetch(request: Request): Promise<Response> {
    const job = await request.json<Job>();
    const { sql } = this.ctx.storage;
    const run = Date.now();
    let run_ = run;
    // Two runs in one ms.
    while (sql.exec('SELECT 1 FROM results WHERE run = ? LIMIT 1', run_).toArray().length > 0) run_++;
    const keep = (task: number) => {
      sql.exec('INSERT INTO results VALUES (?, ?, ?)', run_, task, '{"ok":true}');
    };
    if (new URL(request.url).pathname === '/rows') await bareLoop(job, async () => ({ ok: true }), keep);
    else await this.#waves(job, keep);
    return new Response('done');
  }

  /** Rows of a wave first, then its calls together: every call waits for the disk once a wave. */
  async #waves({ needs }: Job, keep: (task: number) => void): Promise<void> {
    const level: number[] = [];
    needs.forEach((of, task) => {
      level[task] = of.reduce((most, each) => Math.max(most, (level[each] ?? 0) + 1), 0);
    });
    for (let wave = 0, left = needs.length; left > 0; wave++) {
      const tasks = level.flatMap((of, task) => (of === wave ? [task] : []));
      for (const task of tasks) keep(task);
      await Promise.all(tasks.map((task) => this.env.EMPTY.get(this.env.EMPTY.idFromName(`r${task % 4}`)).run(task)));
      left -= tasks.length;
    }
  }
}

/** A step a task, Promise.all over the DAG. */
export class DagWorkflow extends WorkflowEntrypoint<Env, Job> {
  override async run(event: Readonly<WorkflowEvent<Job>>, step: WorkflowStep): Promise<number> {
    const done: Promise<unknown>[] = [];
    event.payload.needs.forEach((of, task) => {
      const before = Promise.all(of.map((each) => done[each]));
      done.push(before.then(() => step.do(`t${task}`, async () => ({ ok: true }))));
    });
    await Promise.all(done);
    return done.length;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/ping')
      return env.BARE.get(env.BARE.idFromName('ping')).fetch('http://bare/waves', {
        method: 'POST',
        body: '{"needs":[]}',
      });
    // As everybody does who gives each piece of work an object.
    if (pathname === '/rows-new') return env.BARE.get(env.BARE.newUniqueId()).fetch('http://bare/rows', request);
    if (pathname === '/rows' || pathname === '/waves')
      return env.BARE.get(env.BARE.idFromName(pathname)).fetch(request);
    if (pathname !== '/workflow') return service.handler.fetch(request, env);
    const instance = await env.DAG.create({ params: await request.json<Job>() });
    for (;;) {
      const { status } = await instance.status();
      if (status === 'complete') return new Response('done');
      if (status === 'errored' || status === 'terminated') return new Response(status, { status: 500 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
};
