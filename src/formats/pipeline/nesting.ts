import type { Value } from '../../program/value.ts';
import { holds } from './condition.ts';
import { type PipelineContext, type PipelineState, resultsOf, source } from './context.ts';
import { type Data, isData, partAt, pathOf } from './data.ts';
import { withState } from './local-step.ts';
import { render } from './template.ts';
import { missing } from './transform.ts';

const iterationsDefault = 100;
const iterationsMax = 1000;

export function maxIterationsOf(step: Data): number {
  const asked =
    typeof step.max_iterations === 'number' && step.max_iterations >= 1 ? step.max_iterations : iterationsDefault;
  return Math.min(Math.floor(asked), iterationsMax);
}

/** Whether the items of a loop run apart from each other: then no iteration sees what another has set. */
export const runsApart = (step: Data): boolean =>
  step.type === 'for_loop' && (step.parallel === true || step.break_on_error === false);

const baseOf = (context: PipelineContext): Data => ({
  results: resultsOf(context),
  files: context.base.files,
  inputs: context.base.inputs,
  state: context.state as unknown as Value,
});

/** What the runs of a loop's body begin with: one run that repeats, or one for each item; none when there is nothing to do. */
export function loopRuns(step: Data, context: PipelineContext): readonly Value[] {
  const base = baseOf(context);
  if (step.type === 'while_loop') return goesOn(step, context) ? [{ ...base, iterator: 'iteration' }] : [];
  const from = String(render(step.data_source ?? '', context));
  const items = source(context, from);
  if (!Array.isArray(items)) throw missing(`${step.name}.data_source: there is no list ${from}`);
  const iterator = String(step.iterator ?? 'item');
  if (runsApart(step)) return items.map((item: Value, index) => ({ ...base, iterator, items: [item], offset: index }));
  return items.length === 0 ? [] : [{ ...base, iterator, items, offset: 0 }];
}

function goesOn(step: Data, context: PipelineContext): boolean {
  const condition = render(step.condition ?? null, context);
  const { state, base } = context;
  const variables = { ...state.global, ...state.session, ...state.loop };
  return condition !== '' && holds(condition, { ...variables, ...base.loop, ...resultsOf(context) });
}

/** The base and state of an iteration, after the last one. */
export function iterate(run: Data, last: Value): Data {
  const before = isData(last) ? last : {};
  const index = typeof before.index === 'number' ? before.index + 1 : 0;
  const items = Array.isArray(run.items) ? run.items : undefined;
  const item = items === undefined ? index : ((items[index] as Value) ?? null);
  const at = index + (typeof run.offset === 'number' ? run.offset : 0);
  return {
    results: run.results ?? {},
    files: run.files ?? {},
    inputs: run.inputs ?? {},
    loop: { item, index: at, [String(run.iterator)]: item },
    state: (before.state ?? run.state) as Value,
    index,
    last: items !== undefined && index + 1 >= items.length,
    iterations: (before.iterations ?? []) as Value,
  };
}

/** Puts an iteration to those before it. @returns `{ again, index, iterations, state }` */
export function iterated(step: Data, begun: Data, context: PipelineContext): Data {
  const index = Number(begun.index);
  const loop = context.base.loop;
  const iteration = { index: loop.index ?? index, item: loop.item ?? null, success: true, results: context.results };
  const broken = step.break_condition !== undefined && holds(render(step.break_condition, context), resultsOf(context));
  const more = step.type === 'while_loop' ? goesOn(step, context) : begun.last !== true;
  const capped = step.type === 'while_loop' && index + 1 >= maxIterationsOf(step);
  return {
    again: more && !broken && !capped,
    capped: more && !broken && capped,
    index,
    iterations: [...((begun.iterations as readonly Value[]) ?? []), iteration],
    state: context.state as unknown as Value,
  };
}

/** The result of a loop: `{ iterations, success, total_items, completed_items }`. A while_loop that reaches its cap has no success. */
export function loopResult(step: Data, asked: number, answers: readonly Value[], context: PipelineContext): Data {
  const iterations = answers.flatMap((answer, index): readonly Value[] =>
    isData(answer) && Array.isArray(answer.iterations)
      ? answer.iterations
      : [{ index, success: false, error: 'the iteration failed' }],
  );
  const completed = iterations.filter((iteration) => isData(iteration) && iteration.success === true).length;
  const last = answers.at(-1);
  const state =
    !runsApart(step) && isData(last) && isData(last.state) ? (last.state as unknown as PipelineState) : context.state;
  const capped = isData(last) && last.capped === true;
  const result: Data = {
    success: completed === iterations.length && !capped,
    iterations,
    total_items: Math.max(iterations.length, runsApart(step) ? asked : 0),
    completed_items: completed,
    ...(capped && { error: 'max_iterations_reached' }),
  };
  return withState(result, state);
}

/** What a nested pipeline begins with. */
export function nestedRuns(rendered: Data, step: Data, context: PipelineContext): readonly Value[] {
  const config = isData(step.config) ? step.config : {};
  const inputs = isData(rendered.inputs) ? rendered.inputs : {};
  const inherits = config.inherit_context === true;
  return [
    {
      inputs: { ...(inherits && context.base.inputs), ...inputs },
      files: { ...context.base.files, ...context.state.files },
      ...(inherits && { results: resultsOf(context), state: context.state as unknown as Value }),
    },
  ];
}

/** The result of a nested pipeline: what its `outputs` name, or the results of all its steps. */
export function nestedResult(step: Data, results: Value): Data {
  const all = isData(results) ? results : {};
  if (!Array.isArray(step.outputs)) return { ...all, success: true };
  const found = step.outputs.map((output: Value) => {
    const path = isData(output) ? String(output.path) : String(output);
    const name = isData(output) && typeof output.as === 'string' ? output.as : (pathOf(path).at(-1) ?? path);
    const value = partAt(all, pathOf(path));
    if (value === undefined) throw missing(`${step.name}.outputs: the nested pipeline gives no ${path}`);
    return [name, value] as const;
  });
  return { ...Object.fromEntries(found), success: true };
}
