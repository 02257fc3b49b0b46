import { readiness } from '../../../src/policy/readiness.ts';
import { failuresBorne } from '../../../src/policy/tolerance.ts';
import { programGraph } from '../../../src/program/compile/program-graph.ts';
import { conditionSource } from '../../../src/program/edges.ts';
import type { Program, ProgramNode, Template } from '../../../src/program/program.ts';
import type { Scope } from '../../../src/program/scope.ts';
import { compileTemplate } from '../../../src/program/template.ts';
import type { Value } from '../../../src/program/value.ts';

type Ended = { readonly how: 'succeeded' | 'failed' | 'skipped'; readonly output: Value };

/** Runs a program node by node, with arithmetic for modules: `sum` adds all numbers in its input, `picky` refuses odd sums. */
export function interpret(
  program: Program,
  input: Value,
): { readonly status: 'COMPLETED' | 'FAILED'; readonly outputs: Value } {
  const { order, dependencies, dependents } = programGraph(program);
  const ended = new Map<string, Ended>();
  const outputOf = (id: string): Value => ended.get(id)?.output ?? null;
  const bind = (template: Template, item?: { item: Value; index: number }): Value => {
    const compiled = compileTemplate(template, '');
    const nodes = new Map([...compiled.references.nodes].map((id) => [id, outputOf(id)]));
    return compiled.bind({ input, nodes, executionId: 'ex', ...item } satisfies Scope);
  };
  const inputOf = (node: ProgramNode): Value =>
    Object.assign({}, input, ...(node.needs ?? []).map((id) => ({ [id]: outputOf(id) })));
  const compute = (node: ProgramNode, item?: { item: Value; index: number }): Value => {
    const sum = total(node.with === undefined ? inputOf(node) : bind(node.with, item));
    if (node.module === 'picky' && sum % 2 !== 0) throw new Error('odd');
    return { sum, double: 2 * sum };
  };
  const run = (node: ProgramNode): Ended => {
    try {
      if (node.if !== undefined && bind(`\${${conditionSource(node.if, '')}}`) !== true)
        return { how: 'skipped', output: null };
      if (node.forEach === undefined) return { how: 'succeeded', output: compute(node) };
      const items = bind(node.forEach.items) as readonly Value[];
      return { how: 'succeeded', output: items.map((item, index) => compute(node, { item, index })) };
    } catch {
      if (node.fallback !== undefined && 'value' in node.fallback)
        return { how: 'succeeded', output: bind(node.fallback.value) };
      return { how: 'failed', output: null };
    }
  };
  for (const id of order) {
    const node = program.nodes[id] as ProgramNode;
    const of = [...(dependencies.get(id) ?? [])].map((each) => ended.get(each)?.how);
    const count = (how: Ended['how']) => of.filter((each) => each === how).length;
    const tally = { total: of.length, succeeded: count('succeeded'), failed: count('failed'), settled: of.length };
    const verdict = readiness(node.join ?? 'all', node.trigger ?? 'success', tally);
    ended.set(id, verdict === 'run' ? run(node) : { how: 'skipped', output: null });
  }
  const failures = order.filter(
    (id) => ended.get(id)?.how === 'failed' && program.nodes[id]?.critical !== false,
  ).length;
  if (failures > failuresBorne(program.tolerance ?? 'strict')) return { status: 'FAILED', outputs: null };
  const sinks = Object.keys(program.nodes).filter((id) => dependents.get(id)?.size === 0);
  try {
    const outputs =
      program.outputs === undefined
        ? sinks.map((id) => [id, outputOf(id)] as const)
        : Object.entries(program.outputs).map(([name, template]) => [name, bind(template)] as const);
    return { status: 'COMPLETED', outputs: Object.fromEntries(outputs) };
  } catch {
    return { status: 'FAILED', outputs: null };
  }
}

/** Names count, so that a module that is given the same values under other names gives something else. */
function total(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return (
    Object.entries(value).reduce(
      (sum, [key, part]) => sum + total(part as Value) * (1 + (key.charCodeAt(key.length - 1) % 7)),
      0,
    ) % 1_000_003
  );
}
