import type { ForEach, Join, Program, ProgramNode, RetryPolicy, Trigger } from '../program/program.ts';

/** A node with the defaults of its policies filled in, ready for the machine. */
export interface PlanNode {
  readonly id: string;
  readonly index: number;
  readonly spec: ProgramNode;
  readonly join: Join;
  readonly trigger: Trigger;
  /** What the node does: `wait` stands for waitFor, sleepMs and sleepUntil, which need no slot. */
  readonly kind: 'module' | 'program' | 'wait';
  readonly hasGuard: boolean;
  /** Whether a task needs permits of the host before it starts. */
  readonly gated: boolean;
  /** Iterations at most; 1 without `repeat`. */
  readonly iterationsMax: number;
  readonly compensates: boolean;
  /** Whether what it does depends on the inputs of the execution. */
  readonly readsInputs: boolean;
  /** Its input is what is written, the same for every execution: there is nothing to evaluate in it. */
  readonly hasLiteralInput: boolean;
  readonly hasFallback: boolean;
  readonly forEach: ForEach | undefined;
  readonly retry: RetryPolicy | undefined;
  /** Per attempt; undefined: no limit of its own. */
  readonly timeoutMs: number | undefined;
  /** Longest silence of an attempt. */
  readonly idleTimeoutMs: number | undefined;
  readonly critical: boolean;
  /** 0 to 10. */
  readonly priority: number;
}

const priorityDefault = 5;

export function planNode(id: string, index: number, program: Program): PlanNode {
  const spec = program.nodes[id] as ProgramNode;
  return {
    id,
    index,
    spec,
    join: spec.join ?? 'all',
    trigger: spec.trigger ?? 'success',
    kind: spec.module !== undefined ? 'module' : spec.program !== undefined ? 'program' : 'wait',
    hasGuard: spec.if !== undefined,
    gated: isGated(spec),
    iterationsMax: spec.repeat?.maxIterations ?? 1,
    compensates: spec.compensate !== undefined,
    readsInputs:
      spec.with === undefined || /\binput\b/.test(JSON.stringify([spec.with, spec.if, spec.forEach, spec.repeat])),
    hasLiteralInput: spec.with !== undefined && !JSON.stringify(spec.with).includes('${'),
    hasFallback: spec.fallback !== undefined,
    forEach: spec.forEach,
    retry: spec.retry,
    timeoutMs: spec.timeoutMs,
    // A sub-program tells its own tasks' signs of life, not its parent's.
    idleTimeoutMs: spec.program === undefined ? spec.idleTimeoutMs : undefined,
    critical: spec.critical ?? true,
    priority: spec.priority ?? priorityDefault,
  };
}

function isGated({ breaker, bulkhead, rateLimit, resources }: ProgramNode): boolean {
  return breaker !== undefined || bulkhead !== undefined || rateLimit !== undefined || resources !== undefined;
}
