/** A term of cel-js's syntax tree: `op` says what `args` are. */
export interface Term {
  readonly op: string;
  readonly args: unknown;
}

export const isTerm = (part: unknown): part is Term =>
  typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
