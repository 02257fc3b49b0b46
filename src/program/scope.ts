import type { Value } from './value.ts';

/** What an expression can see. */
export interface Scope {
  readonly input: Value;
  /** Outputs by node id; null for a node that was skipped or failed. */
  readonly nodes: ReadonlyMap<string, Value>;
  readonly executionId: string;
  readonly item?: Value;
  readonly index?: number;
}

/** Names an expression can use that are not nodes. */
export const scopeNames: ReadonlySet<string> = new Set(['input', 'nodes', 'item', 'index', 'execution']);
