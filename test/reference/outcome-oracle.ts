import type { Program, ProgramNode, Tolerance } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';
import { fateOf, pureOutput, workOutput } from '../sim/sim-runner.ts';

type End = { readonly status: 'succeeded'; readonly output: Value } | { readonly status: 'failed' | 'skipped' };

/**
 * What a simulated program must come to, worked out node by node without time, slots, events or state: the judge of the
 * engine's results. Holds for executions that were neither cancelled nor cut short.
 */
export function expectedEnds(
  program: Program,
  seed: number,
  inputs: { readonly flag: boolean; readonly items: readonly Value[] },
): Map<string, End> {
  const ends = new Map<string, End>();
  for (const [id, node] of Object.entries(program.nodes)) ends.set(id, endOf(id, node, seed, inputs.items, ends));
  return ends;
}

/** Whether the failures among these ends are more than the program bears. */
export function failsAsAWhole(program: Program, ends: ReadonlyMap<string, End>): boolean {
  const failures = [...ends].filter(
    ([id, end]) => end.status === 'failed' && program.nodes[id]?.critical !== false,
  ).length;
  return failures > borne(program.tolerance ?? 'strict');
}

/** The result of a completed execution: every sink's output. */
export function expectedResult(program: Program, ends: ReadonlyMap<string, End>): Value {
  const ids = Object.keys(program.nodes);
  const inner = new Set(Object.values(program.nodes).flatMap(dependenciesOf));
  return Object.fromEntries(ids.filter((id) => !inner.has(id)).map((id) => [id, outputOf(ends.get(id))]));
}

function endOf(
  id: string,
  node: ProgramNode,
  seed: number,
  items: readonly Value[],
  ends: ReadonlyMap<string, End>,
): End {
  if (!isWanted(node, ends)) return { status: 'skipped' };
  if (node.if === 'input.missing.flag') return { status: 'failed' };
  if (node.if === 'input.flag == false') return { status: 'skipped' };
  if (node.forEach === undefined) return taskEnd(id, node, seed, inputOf(node, ends));
  if (node.forEach.items === '${input.notAList}') return { status: 'failed' };
  if (node.forEach.batchSize !== undefined) return { status: 'succeeded', output: items.map((item) => ({ item })) };
  const all = items.map((_, index) => taskEnd(`${id}[${index}]`, node, seed, inputOf(node, ends), index));
  const failed = all.filter((end) => end.status === 'failed').length;
  if (failed > borne(node.forEach.tolerance ?? 'strict')) return { status: 'failed' };
  return { status: 'succeeded', output: all.map(outputOf) };
}

function inputOf(node: ProgramNode, ends: ReadonlyMap<string, End>): Value {
  return Object.fromEntries(
    Object.entries((node.with ?? {}) as Record<string, Value>).map(([key, part]) => [
      key,
      typeof part === 'string' ? outputOf(ends.get(part.slice(2, -1))) : part,
    ]),
  );
}

function taskEnd(taskId: string, node: ProgramNode, seed: number, input: Value, item = 0): End {
  if (node.sleepMs !== undefined || node.sleepUntil !== undefined) return { status: 'succeeded', output: null };
  if (node.waitFor !== undefined) {
    if (node.waitFor.event === 'never') return substitute(taskId, node, seed);
    return { status: 'succeeded', output: node.waitFor.event.replace('${index}', String(item)) };
  }
  if (node.program !== undefined)
    return {
      status: 'succeeded',
      output: { a: pureOutput('sim.pure', { of: (input as { constant: number }).constant }) },
    };
  if (node.module !== 'sim.work') return { status: 'succeeded', output: pureOutput(node.module ?? '', input) };
  const attempts = node.retry === undefined ? 1 : (node.retry.attempts ?? 3);
  const { failures, repeats } = fateOf(seed, taskId);
  const fatal = failures.indexOf('fatal');
  // It succeeds if no failure on the way is final and an attempt is left after all of them, in every iteration alike.
  if (fatal >= 0 || failures.length >= attempts) return substitute(taskId, node, seed);
  const iteration = Math.min(repeats, (node.repeat?.maxIterations ?? 1) - 1);
  return { status: 'succeeded', output: workOutput(seed, taskId, input, iteration) };
}

function substitute(taskId: string, { fallback }: ProgramNode, seed: number): End {
  if (fallback === undefined) return { status: 'failed' };
  if ('value' in fallback) return { status: 'succeeded', output: fallback.value as Value };
  return { status: 'succeeded', output: workOutput(seed, taskId, fallback.with as Value) };
}

function isWanted(node: ProgramNode, ends: ReadonlyMap<string, End>): boolean {
  const dependencies = [...new Set(dependenciesOf(node))];
  const wanted = { success: 'succeeded', failure: 'failed', always: undefined }[node.trigger ?? 'success'];
  const have = dependencies.filter((id) => wanted === undefined || ends.get(id)?.status === wanted).length;
  const { join = 'all' } = node;
  const needed = join === 'all' ? dependencies.length : join === 'any' ? 1 : join.quorum;
  return have >= Math.min(needed, dependencies.length);
}

function dependenciesOf(node: ProgramNode): string[] {
  const referred = Object.values((node.with ?? {}) as Record<string, Value>).flatMap((part) =>
    typeof part === 'string' && /^\$\{n\d+\}$/.test(part) ? [part.slice(2, -1)] : [],
  );
  return [...referred, ...(node.needs ?? [])];
}

function outputOf(end: End | undefined): Value {
  return end?.status === 'succeeded' ? end.output : null;
}

function borne(tolerance: Tolerance): number {
  return tolerance === 'strict' ? 0 : tolerance === 'tolerant' ? Number.POSITIVE_INFINITY : tolerance.threshold;
}
