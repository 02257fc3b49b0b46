import type { Contender } from '../harness/measure.ts';
import type { Work } from '../harness/programs.ts';
import { load } from './libraries.ts';

/** A rival engine: what it was built from is kept from run to run wherever it allows that. */
export interface Rival {
  readonly name: string;
  /** Beyond so many tasks it takes minutes. */
  readonly tasksMax: number;
  readonly make: (work: Work) => Promise<Contender>;
}

const noop = async () => ({ ok: true });

export const rivals: readonly Rival[] = [
  { name: 'p-graph', tasksMax: 10_000, make: pGraph },
  { name: 'async.auto', tasksMax: 1000, make: asyncAuto },
  { name: 'Effect', tasksMax: 10_000, make: effect },
  { name: 'Effect Workflow', tasksMax: 1000, make: effectWorkflow },
  { name: 'AxFlow', tasksMax: 1000, make: axFlow },
  { name: 'Mastra', tasksMax: 1000, make: mastra },
  { name: 'LangGraph.js', tasksMax: 1000, make: (work) => langGraph(work) },
];

/** Those that are installed and can do such a work. */
export async function contendersFor(work: Work, wanted = rivals): Promise<readonly Contender[]> {
  const able = wanted.filter(({ tasksMax }) => work.needs.length <= tasksMax);
  const made = await Promise.allSettled(able.map(({ make }) => make(work)));
  return made.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return [outcome.value];
    console.error(`left out: ${able[index]?.name}: ${String(outcome.reason).slice(0, 200)}`);
    return [];
  });
}

async function pGraph({ needs }: Work): Promise<Contender> {
  const { PGraph } = await load('p-graph');
  const nodes = new Map(needs.map((_, index) => [`t${index}`, { run: noop }]));
  const edges = needs.flatMap((of, index) => of.map((each) => [`t${each}`, `t${index}`]));
  return { name: 'p-graph', run: () => new PGraph(nodes, edges).run() };
}

async function asyncAuto({ needs }: Work): Promise<Contender> {
  const { auto } = await load('async');
  const tasks = Object.fromEntries(
    needs.map((of, index) => [`t${index}`, of.length === 0 ? noop : [...of.map((each) => `t${each}`), noop]]),
  );
  return { name: 'async.auto', run: () => auto(tasks) };
}

/** A fiber a task. */
async function effect({ needs }: Work): Promise<Contender> {
  const { Effect } = await load('effect');
  const program = await fibers(needs, () => Effect.promise(noop));
  return { name: 'Effect', run: () => Effect.runPromise(program) };
}

/** A fiber and an activity a task, whose result its engine keeps, in memory. */
async function effectWorkflow({ needs }: Work): Promise<Contender> {
  const { Effect, Layer, ManagedRuntime, Schema } = await load('effect');
  const { Activity, Workflow, WorkflowEngine } = await load('effect/workflow');
  const success = Schema.Struct({ ok: Schema.Boolean });
  const execute = Effect.promise(noop);
  const activities = needs.map((_, task) => Activity.make({ name: `t${task}`, success, execute }));
  const program = await fibers(needs, (task) => activities[task] as Iterable<unknown>);
  const payload = { run: Schema.Number };
  const workflow = Workflow.make('dag', { payload, idempotencyKey: ({ run }: { run: number }) => `${run}` });
  const layer = workflow.toLayer(() => program).pipe(Layer.provideMerge(WorkflowEngine.layerMemory));
  const runtime = ManagedRuntime.make(layer);
  let runs = 0;
  return { name: 'Effect Workflow', run: () => runtime.runPromise(workflow.execute({ run: ++runs })) };
}

/** Each fiber waits for the deferred results of those its task needs. */
async function fibers(needs: Work['needs'], work: (task: number) => Iterable<unknown>): Promise<unknown> {
  const { Effect, Deferred } = await load('effect');
  return Effect.gen(function* (): Generator<unknown, void, never> {
    const done: unknown[] = yield* Effect.all(needs.map(() => Deferred.make()));
    const task = (of: readonly number[], index: number) =>
      Effect.gen(function* (): Generator<unknown, void, never> {
        for (const each of of) yield* Deferred.await(done[each]);
        yield* Deferred.succeed(done[index], yield* work(index));
      });
    yield* Effect.all(needs.map(task), { concurrency: 'unbounded', discard: true });
  });
}

/** Layer by layer, as its parallel maps want it. */
async function axFlow(work: Work): Promise<Contender> {
  const { flow } = await load('@ax-llm/ax');
  let built = flow();
  for (const layer of layersOf(work)) {
    const steps = layer.map((task) => async (state: object) => ({ ...state, [`t${task}`]: await noop() }));
    built = steps.length === 1 ? built.map(steps[0]) : built.map(steps, { parallel: true });
  }
  return { name: 'AxFlow', run: () => built.forward({}, {}) };
}

/** Layer by layer: a workflow of steps in parallel is all it has. */
async function mastra(work: Work): Promise<Contender> {
  const { createWorkflow, createStep } = await load('@mastra/core/workflows');
  const { z } = await load('zod');
  const any = z.any();
  let workflow = createWorkflow({ id: 'bench', inputSchema: any, outputSchema: any });
  for (const layer of layersOf(work)) {
    const steps = layer.map((task) =>
      createStep({ id: `t${task}`, inputSchema: any, outputSchema: any, execute: noop }),
    );
    workflow = steps.length === 1 ? workflow.then(steps[0]) : workflow.parallel(steps);
  }
  workflow.commit();
  const run = async () => {
    const { status } = await (await workflow.createRun()).start({ inputData: {} });
    if (status !== 'success') throw new Error(`Mastra ended ${status}`);
  };
  return { name: 'Mastra', run };
}

/** @param saver one of its checkpoint savers; every run is a thread of its own */
export async function langGraph({ needs }: Work, saver?: unknown, name = 'LangGraph.js'): Promise<Contender> {
  const { StateGraph, Annotation, START } = await load('@langchain/langgraph');
  type Done = Readonly<Record<string, unknown>>;
  const done = Annotation({ reducer: (a: Done, b: Done) => ({ ...a, ...b }), default: () => ({}) });
  const graph = new StateGraph(Annotation.Root({ done }));
  needs.forEach((_, task) => graph.addNode(`t${task}`, async () => ({ done: { [task]: await noop() } })));
  needs.forEach((of, task) => graph.addEdge(of.length === 0 ? START : of.map((each) => `t${each}`), `t${task}`));
  const app = graph.compile({ checkpointer: saver });
  let runs = 0;
  const run = () => app.invoke({}, { recursionLimit: 10_000, configurable: { thread_id: `run${runs++}` } });
  return { name, run };
}

function layersOf({ needs }: Work): readonly (readonly number[])[] {
  const level: number[] = [];
  const layers: number[][] = [];
  needs.forEach((of, task) => {
    const own = of.reduce((most, each) => Math.max(most, (level[each] ?? 0) + 1), 0);
    level[task] = own;
    layers[own] = [...(layers[own] ?? []), task];
  });
  return layers;
}
