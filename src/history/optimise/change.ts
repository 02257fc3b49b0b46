import { HeddleError } from '../../errors.ts';
import type { Program } from '../../program/program.ts';

/** What stands at a place of a program; null: nothing. */
export type Setting = null | number | string | { readonly [name: string]: number };

/** One place of a program, as it is and as it should be, and one sentence why. */
export interface Change {
  /** `nodes.<id>.timeoutMs`, `nodes.<id>.runOn`, `nodes.<id>.resources`, `limits.concurrency`, or `limits` where there were none. */
  readonly path: string;
  readonly from: Setting;
  readonly to: Setting;
  readonly why: string;
}

/** The program with these values at the paths of changes; null takes away what is there. @throws UNKNOWN_NODE */
export function withSettings(
  program: Program,
  settings: readonly (readonly [path: string, value: Setting])[],
): Program {
  const nodes = new Map(Object.entries(program.nodes));
  let rest = program;
  for (const [path, value] of settings) {
    if (path === 'limits') rest = withMember(rest, 'limits', value);
    else if (path === 'limits.concurrency')
      rest = { ...rest, limits: withMember(rest.limits ?? {}, 'concurrency', value) };
    else {
      // Ids may hold dots, but the key at the end does not.
      const [id, key] = [path.slice('nodes.'.length, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)];
      const node = nodes.get(id);
      if (node === undefined) throw new HeddleError({ code: 'UNKNOWN_NODE', message: `there is no node ${id}`, path });
      nodes.set(id, withMember(node, key, value));
    }
  }
  return { ...rest, nodes: Object.fromEntries(nodes) };
}

function withMember<T extends object>(record: T, key: string, value: Setting): T {
  if (value !== null) return { ...record, [key]: value };
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key)) as T;
}
