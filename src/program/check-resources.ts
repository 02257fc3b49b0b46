import type { ErrorData } from '../errors.ts';
import type { ProgramNode } from './program.ts';

/** So much a host can give of each resource; null: it has none to give. */
export type Capacity = Readonly<Record<string, number>> | null;

/** Tells every resource of a node that this host can never give, with UNSATISFIABLE_RESOURCES. */
export function checkResources(
  id: string,
  { resources = {} }: ProgramNode,
  capacity: Capacity,
  report: (error: ErrorData) => void,
): void {
  for (const [type, amount] of Object.entries(resources)) {
    const most = capacity !== null && Object.hasOwn(capacity, type) ? (capacity[type] ?? 0) : 0;
    if (capacity !== null && amount <= most) continue;
    const told =
      capacity === null ? 'this engine was given no resources to share' : `the capacity of this engine is ${most}`;
    report({
      code: 'UNSATISFIABLE_RESOURCES',
      message: `the node ${id} requires ${amount} of ${type}, but ${told}`,
      path: `nodes.${id}.resources.${type}`,
      hint: 'require less, or give the engine more when it is created: resources: { capacity }',
      retryable: false,
      details: { type, amount, capacity: most },
    });
  }
}
