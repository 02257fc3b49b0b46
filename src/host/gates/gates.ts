import { type BreakerPolicy, resolveBreaker } from '../../policy/breaker.ts';
import type { ProgramNode } from '../../program/program.ts';

/** What a task must pass before it runs. */
export interface Gates {
  readonly breaker?: BreakerPolicy;
  readonly bulkhead?: { readonly key: string; readonly limit: number };
  readonly rateLimit?: { readonly key: string; readonly perSecond: number };
  readonly resources?: Readonly<Record<string, number>>;
  /** 0 (last) to 10 (first). */
  readonly priority: number;
}

/**
 * The gates of a node; undefined when it has none. A breaker without a key is that of the module.
 * @param priority with the default of the plan filled in
 */
export function gatesOf(node: ProgramNode, priority: number): Gates | undefined {
  const { breaker, bulkhead, rateLimit, resources, module = '' } = node;
  if (breaker === undefined && bulkhead === undefined && rateLimit === undefined && resources === undefined)
    return undefined;
  return {
    ...(breaker !== undefined && { breaker: resolveBreaker(breaker, module) }),
    ...(bulkhead !== undefined && { bulkhead }),
    ...(rateLimit !== undefined && { rateLimit }),
    ...(resources !== undefined && { resources }),
    priority,
  };
}
