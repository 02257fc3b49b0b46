import type { ErrorData } from '../errors.ts';
import { isRecord } from './shape.ts';

/**
 * Brings the short form into the long one:
 *
 * ```yaml
 * modules: [retriever, { id: generator, module: text.generate@2 }]
 * dependencies: { generator: [retriever] }
 * ```
 *
 * A module is a name, which is then also the id of its node, or an object with `id` (or `name`) and any keys of a node; an
 * object without `module` runs the module of its id. `dependencies` become `needs`. Anything that is not the short form
 * is returned as it is.
 */
export function normalize(document: unknown): { readonly document: unknown; readonly errors: readonly ErrorData[] } {
  if (!isRecord(document) || !Array.isArray(document.modules) || document.nodes !== undefined)
    return { document, errors: [] };
  const { modules, dependencies, ...rest } = document;
  const errors: ErrorData[] = [];
  // A null prototype, so that an id such as __proto__ is a key like any other and can be refused later.
  const nodes: Record<string, unknown> = Object.create(null);
  (modules as readonly unknown[]).forEach((module, index) => {
    const path = `modules[${index}]`;
    const [id, node] = readModule(module);
    if (id === undefined)
      errors.push({ code: 'BAD_SCHEMA', message: `${path} is neither a name nor an object with an id`, path });
    else if (Object.hasOwn(nodes, id)) {
      errors.push({
        code: 'DUPLICATE_ID',
        message: `two modules have the id ${id}`,
        path,
        hint: 'give one of them another id',
      });
    } else nodes[id] = node;
  });
  for (const [id, needs] of dependencyEntries(dependencies, errors)) {
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
    if (isRecord(node)) nodes[id] = { ...node, needs: [...(Array.isArray(node.needs) ? node.needs : []), ...needs] };
    else
      errors.push({
        code: 'UNKNOWN_NODE',
        message: `dependencies name ${id}, which is none of the modules`,
        path: `dependencies.${id}`,
      });
  }
  return { document: { heddle: 1, name: 'program', ...rest, nodes }, errors };
}

function readModule(module: unknown): readonly [string | undefined, unknown] {
  if (typeof module === 'string') return [module, { module }];
  if (!isRecord(module)) return [undefined, undefined];
  const { id, name, ...node } = module;
  const named = id ?? name;
  if (typeof named !== 'string') return [undefined, undefined];
  const runsSomething = ['module', 'program', 'waitFor', 'sleepMs', 'sleepUntil'].some(
    (key) => node[key] !== undefined,
  );
  return [named, runsSomething ? node : { module: named, ...node }];
}

function dependencyEntries(
  dependencies: unknown,
  errors: ErrorData[],
): readonly (readonly [string, readonly unknown[]])[] {
  if (dependencies === undefined) return [];
  if (!isRecord(dependencies)) {
    errors.push({
      code: 'BAD_SCHEMA',
      message: 'dependencies should be an object: each id with a list of the ids it needs',
      path: 'dependencies',
    });
    return [];
  }
  return Object.entries(dependencies).map(([id, needs]) => [id, Array.isArray(needs) ? needs : [needs]]);
}
