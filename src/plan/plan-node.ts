import type { ForEach, Join, Program, ProgramNode, RetryPolicy, Trigger } from '../program/program.ts';

/** A node with the defaults of its policies filled in, ready for the machine. */
export interface PlanNode {
  readonly id: string;
  readonly index: number;
  readonly spec: ProgramNode;
  readonly join: Join;
  readonly trigger: Trigger;
  readonly hasGuard: boolean;
  readonly hasFallback: boolean;
  readonly forEach: ForEach | undefined;
  readonly retry: RetryPolicy | undefined;
  /** Per attempt; undefined: no limit of its own. */
  readonly timeoutMs: number | undefined;
  readonly critical: boolean;
  /** 0 to 10. */
  readonly priority: number;
}

export const priorityDefault = 5;

export function planNode(id: string, index: number, program: Program): PlanNode {
  const spec = program.nodes[id] as ProgramNode;
  return {
    id,
    index,
    spec,
    join: spec.join ?? 'all',
    trigger: spec.trigger ?? 'success',
    hasGuard: spec.if !== undefined,
    hasFallback: spec.fallback !== undefined,
    forEach: spec.forEach,
    retry: spec.retry,
    timeoutMs: spec.timeoutMs,
    critical: spec.critical ?? true,
    priority: spec.priority ?? priorityDefault,
  };
}
