import { simulatedTask } from '../formats/wfformat-module.ts';
import type { Plan } from '../plan/plan.ts';
import type { Program, ProgramNode } from '../program/program.ts';

/**
 * A program reduced to what schedules it: its edges, joins, triggers and priorities, every node a simulated task of a known
 * duration. Conditions and item lists need values that no simulation has, so a node with a condition runs, and a forEach
 * node has its items only when they are listed in the file; else it counts as one task.
 */
export function skeletonOf(
  { program, nodes, dependencies, strategy: chosen }: Plan,
  durationMs: (index: number) => number,
): Program {
  const skeleton = nodes.map(({ id, index, spec }): readonly [string, ProgramNode] => {
    const needs = (dependencies[index] ?? []).map((dependency) => nodes[dependency]?.id ?? '');
    const { join, trigger, priority, critical } = spec;
    return [
      id,
      {
        module: simulatedTask.name,
        with: { durationMs: durationMs(index) },
        needs,
        ...(join !== undefined && { join }),
        ...(trigger !== undefined && { trigger }),
        ...(priority !== undefined && { priority }),
        ...(critical !== undefined && { critical }),
        ...itemsOf(spec),
      },
    ];
  });
  const { name, limits } = program;
  return {
    heddle: 1,
    name,
    // What fits the program may not fit its skeleton, which claims no resources. Where any order does, a better one may be found.
    ...((program.strategy !== undefined || chosen.strategy !== 'parallel') && { strategy: chosen.strategy }),
    ...(limits?.concurrency !== undefined && { limits: { concurrency: limits.concurrency } }),
    nodes: Object.fromEntries(skeleton),
    outputs: {},
  };
}

/** The duration a node of a skeleton has. */
export function durationMsOf(node: ProgramNode): number {
  return durationMsIn(node.with);
}

/** The duration in the input of a simulated task; 0 when there is none. */
export function durationMsIn(input: unknown): number {
  if (typeof input !== 'object' || input === null || !('durationMs' in input)) return 0;
  return typeof input.durationMs === 'number' ? input.durationMs : 0;
}

/** Tasks a node stands for in the skeleton. */
export function taskCount({ forEach }: ProgramNode): number {
  return Array.isArray(forEach?.items) ? forEach.items.length : 1;
}

function itemsOf({ forEach }: ProgramNode): Pick<ProgramNode, 'forEach'> {
  if (!Array.isArray(forEach?.items)) return {};
  const { items, maxParallel } = forEach;
  return { forEach: { items: items.map(() => null), ...(maxParallel !== undefined && { maxParallel }) } };
}
