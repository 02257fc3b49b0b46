import type { Scope } from './scope.ts';
import { isTerm } from './term.ts';
import type { Value } from './value.ts';

/** Roots that are not a value alone. */
const reserved: ReadonlySet<string> = new Set(['nodes', 'item', 'index', 'execution']);

/** The names of a path of members alone, such as `retrieve.passages`; undefined for anything else. */
export function memberPath(term: unknown): readonly string[] | undefined {
  if (!isTerm(term)) return undefined;
  if (term.op === 'id') return reserved.has(String(term.args)) ? undefined : [String(term.args)];
  if (term.op !== '.' || !Array.isArray(term.args)) return undefined;
  const before = memberPath(term.args[0]);
  return before === undefined ? undefined : [...before, String(term.args[1])];
}

/** The value at a path of own members of plain objects; undefined where CEL has to say what it is, or what is wrong. */
export function follow([root = '', ...members]: readonly string[], { input, nodes }: Scope): Value | undefined {
  let value = root === 'input' ? input : nodes.get(root);
  for (const member of members) {
    if (!isPlainObject(value) || !Object.hasOwn(value, member)) return undefined;
    value = value[member];
  }
  return value;
}

function isPlainObject(value: unknown): value is { readonly [key: string]: Value } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
