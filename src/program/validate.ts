import { type ErrorData, HeddleError, toErrorData } from '../errors.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import { type Capacity, checkResources } from './check-resources.ts';
import { conditionSource, nodeReferences, templatesOf } from './edges.ts';
import { compileExpression } from './expression.ts';
import { limits } from './limits.ts';
import { normalize } from './normalize.ts';
import type { Program, ProgramNode } from './program.ts';
import { nodeShape, programShellShape } from './program-shape.ts';
import { scopeNames } from './scope.ts';
import { exceeded, isRecord, isWellFormed } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { compileTemplate } from './template.ts';

export interface ValidateOptions {
  /** The modules of the host; without it, module names are not checked. */
  readonly modules?: { has(name: string): boolean; list?(): readonly { readonly name: string }[] };
  /** What the host can give; without it, `resources` of nodes are not checked. */
  readonly capacity?: Capacity;
}

export type Validation =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly errors: readonly ErrorData[] };

/**
 * Checks a document and returns the program it is, or everything that is wrong with it, each error with code and path.
 * Never throws; takes time linear in the size of the document.
 */
export function validateProgram(document: unknown, options: ValidateOptions = {}): Validation {
  const errors: ErrorData[] = [];
  const report = (error: ErrorData): void => {
    if (errors.length < limits.errorsMax) errors.push(error);
  };
  const normal = normalize(document);
  normal.errors.forEach(report);
  if (isRecord(normal.document) && tooMany(normal.document.nodes, report)) return { ok: false, errors };
  programShellShape(normal.document, '$', report);
  if (isRecord(normal.document) && isRecord(normal.document.nodes)) {
    checkGraph(normal.document as unknown as Program, soundNodes(normal.document.nodes, report), options, report);
  }
  return errors.length === 0 ? { ok: true, program: normal.document as unknown as Program } : { ok: false, errors };
}

/** The ids of nodes that are right in themselves; what is not is told here and not looked at again, so that nothing is told twice. */
function soundNodes(nodes: Readonly<Record<string, unknown>>, report: (error: ErrorData) => void): ReadonlySet<string> {
  const sound = new Set<string>();
  for (const [id, node] of Object.entries(nodes)) {
    let isSound = true;
    nodeShape(node, `nodes.${id}`, (error) => {
      isSound = false;
      report(error);
    });
    if (isSound) sound.add(id);
  }
  return sound;
}

/** @throws HeddleError with the first error, and all of them in `errors` */
export function checkProgram(document: unknown, options?: ValidateOptions): Program {
  const validation = validateProgram(document, options);
  if (validation.ok) return validation.program;
  const [first] = validation.errors;
  throw new HeddleError(first ?? { code: 'BAD_SCHEMA', message: 'this is not a program' }, validation.errors);
}

function tooMany(nodes: unknown, report: (error: ErrorData) => void): boolean {
  if (!isRecord(nodes)) return false;
  const count = Object.keys(nodes).length;
  if (count > limits.nodesMax) exceeded(`${count} nodes`, limits.nodesMax, count, 'nodes', report);
  return count > limits.nodesMax;
}

function checkGraph(
  program: Program,
  sound: ReadonlySet<string>,
  options: ValidateOptions,
  report: (error: ErrorData) => void,
): void {
  const ids = Object.keys(program.nodes);
  if (ids.length === 0) report({ code: 'BAD_SCHEMA', message: 'a program needs at least one node', path: 'nodes' });
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const from: number[] = [];
  const to: number[] = [];
  for (const id of ids) {
    checkId(id, report);
    if (!sound.has(id)) continue;
    const node = program.nodes[id] as ProgramNode;
    checkKind(id, node, options, report);
    if (options.capacity !== undefined) checkResources(id, node, options.capacity, report);
    for (const { of, path } of referencesOf(id, node, report)) {
      const source = indexOf.get(of);
      if (of === id)
        report({ code: 'SELF_LOOP', message: `the node ${id} depends on itself`, path, hint: 'remove the reference' });
      else if (source === undefined)
        report({ code: 'UNKNOWN_NODE', message: `there is no node ${of}`, path, ...didYouMean(of, ids) });
      else {
        from.push(source);
        to.push(indexOf.get(id) ?? 0);
      }
    }
  }
  if (from.length > limits.edgesMax) exceeded(`${from.length} edges`, limits.edgesMax, from.length, 'nodes', report);
  else checkCycle(ids, from, to, report);
  checkOutputs(program, indexOf, report);
}

function referencesOf(
  id: string,
  node: ProgramNode,
  report: (error: ErrorData) => void,
): readonly { readonly of: string; readonly path: string }[] {
  try {
    return nodeReferences(id, node).map(({ id: of, path }) => ({ of, path }));
  } catch {
    // One of the templates is bad: try each by itself, so that every bad one is told.
    for (const { template, path, isCondition } of templatesOf(id, node)) {
      attempt(
        () =>
          isCondition ? compileExpression(conditionSource(template, path), path) : compileTemplate(template, path),
        path,
        report,
      );
    }
    return (node.needs ?? []).map((of, index) => ({ of, path: `nodes.${id}.needs[${index}]` }));
  }
}

function checkOutputs(
  { outputs = {} }: Program,
  indexOf: ReadonlyMap<string, number>,
  report: (error: ErrorData) => void,
): void {
  if (!isRecord(outputs)) return;
  for (const [key, template] of Object.entries(outputs)) {
    const path = `outputs.${key}`;
    const compiled = attempt(() => compileTemplate(template, path), path, report);
    for (const of of compiled?.references.nodes ?? []) {
      if (!indexOf.has(of))
        report({ code: 'UNKNOWN_NODE', message: `there is no node ${of}`, path, ...didYouMean(of, indexOf.keys()) });
    }
  }
}

function attempt<T>(compile: () => T, path: string, report: (error: ErrorData) => void): T | undefined {
  try {
    return compile();
  } catch (thrown) {
    report({ path, ...toErrorData(thrown, 'BAD_EXPRESSION') });
    return undefined;
  }
}

/** Ids that would collide with the scope of expressions, with literals of CEL, or with every JavaScript object. */
const reservedIds: ReadonlySet<string> = new Set([
  ...scopeNames,
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'true',
    'false',
    'null',
    'in',
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
  ],
  ...['function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);

function checkId(id: string, report: (error: ErrorData) => void): void {
  const path = `nodes.${id}`;
  if (id === '' || reservedIds.has(id)) {
    report({
      code: 'RESERVED_ID',
      message: `${JSON.stringify(id)} cannot be the id of a node`,
      path,
      hint: 'choose another id',
    });
  } else if (id.length > limits.idCharsMax) {
    exceeded(`${id.length} characters`, limits.idCharsMax, id.length, `nodes.${id.slice(0, 40)}…`, report);
  } else if (!isWellFormed(id))
    report({ code: 'BAD_SCHEMA', message: 'an id holds half a surrogate pair', path: 'nodes' });
}

const kinds = ['module', 'program', 'waitFor', 'sleepMs', 'sleepUntil'] as const;

function checkKind(
  id: string,
  node: ProgramNode,
  { modules }: ValidateOptions,
  report: (error: ErrorData) => void,
): void {
  const path = `nodes.${id}`;
  const given = kinds.filter((kind) => node[kind] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of' : `${given.join(' and ')}, but only one of`;
    report({
      code: 'BAD_SCHEMA',
      message: `${path} has ${found} ${kinds.join(', ')}`,
      path,
      hint: 'say what the node runs',
    });
  }
  if (modules === undefined) return;
  const named: [string, string | undefined][] = [
    [`${path}.module`, node.module],
    [
      `${path}.fallback.module`,
      node.fallback !== undefined && 'module' in node.fallback ? node.fallback.module : undefined,
    ],
    [`${path}.compensate.module`, node.compensate?.module],
  ];
  for (const [at, module] of named) {
    if (module === undefined || modules.has(module)) continue;
    const known = (modules.list?.() ?? []).map((each) => each.name);
    report({
      code: 'UNKNOWN_MODULE',
      message: `no module ${module} is registered on this host`,
      path: at,
      ...didYouMean(module, known),
    });
  }
}

function checkCycle(
  ids: readonly string[],
  from: readonly number[],
  to: readonly number[],
  report: (error: ErrorData) => void,
): void {
  const graph = createJsKernel().load({ nodes: ids.length, from: Uint32Array.from(from), to: Uint32Array.from(to) });
  const analysis = graph.analyse();
  graph.release();
  if (analysis.ok) return;
  const cycle = Array.from(analysis.cycle, (index) => ids[index] ?? '');
  report({
    code: 'CYCLE',
    message: `the nodes ${[...cycle, cycle[0]].join(' → ')} depend on each other`,
    path: `nodes.${cycle[0]}`,
    hint: 'remove one of these references or needs',
    details: { cycle },
  });
}
