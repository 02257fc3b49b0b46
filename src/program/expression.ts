import { Environment } from '@marcbachmann/cel-js';
import { HeddleError } from '../errors.ts';
import { limits } from './limits.ts';
import { follow, memberPath } from './member-path.ts';
import { type Scope, scopeNames } from './scope.ts';
import { isTerm, type Term } from './term.ts';
import { typeNames } from './type-names.ts';
import type { Value } from './value.ts';

export interface References {
  /** Node ids, in the order of appearance. */
  readonly nodes: ReadonlySet<string>;
}

export interface CompiledExpression {
  readonly source: string;
  readonly references: References;
  /** @throws BAD_EXPRESSION that says what is missing or does not fit */
  evaluate(scope: Scope): Value;
}

/**
 * Compiles an expression of the Common Expression Language (github.com/google/cel-spec), as implemented by
 * `@marcbachmann/cel-js`: no loops, no side effects, own properties only, always terminates. Numbers of JSON are doubles
 * and may be mixed with integer literals; whole results come back as numbers.
 *
 * @param path where the expression stands in the program, for errors
 * @throws BAD_EXPRESSION, LIMIT_EXCEEDED
 */
export function compileExpression(source: string, path: string): CompiledExpression {
  if (source.length > limits.expressionCharsMax) {
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `the expression has ${source.length} characters, ${limits.expressionCharsMax} are allowed`,
      path,
      details: { limit: limits.expressionCharsMax, actual: source.length },
    });
  }
  const parsed = parseExpression(source, path);
  const nodes = new Set<string>();
  collect(parsed.ast as Term, new Set(), nodes, path);
  const passesOn = isPath(parsed.ast);
  const members = memberPath(parsed.ast);
  // Most expressions are member paths, and a program may have 100,000 of them: their syntax trees are not kept.
  const kept = members === undefined ? parsed : undefined;
  return {
    source,
    references: { nodes },
    evaluate(scope) {
      const found = members === undefined ? undefined : follow(members, scope);
      if (found !== undefined) return found;
      try {
        const program = kept ?? parseExpression(source, path);
        const value: unknown = program(contextOf(scope, nodes));
        return passesOn ? (value as Value) : plain(value);
      } catch (thrown) {
        throw bad(
          `\${${source}} failed: ${withoutComputed(firstLine(thrown), source)}`,
          path,
          'look at what the expression refers to; has(x.y) tells whether a member is there',
        );
      }
    },
  };
}

/** The syntax tree of an expression, as cel-js makes it. @throws BAD_EXPRESSION */
export function parseExpression(source: string, path: string) {
  try {
    return cel.parse(source);
  } catch (thrown) {
    throw bad(
      `\${${source}} is not an expression: ${firstLine(thrown)}`,
      path,
      'expressions are written in CEL, such as input.question or size(xs) > 2',
    );
  }
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Uint8Array is CEL's own `bytes`. */
const typedArrays = [
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const;

/** A constant: cloning closes an environment to further registrations, and parsing leaves nothing behind in it. */
const cel = closed(environment());

function closed(open: Environment): Environment {
  open.clone();
  return open;
}

function environment(): Environment {
  const open = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: limits.expressionTermsMax, maxDepth: limits.depthMax },
  });
  for (const [symbol, compute] of Object.entries(arithmetic)) {
    const mixed = (a: unknown, b: unknown): number => compute(Number(a), Number(b));
    open.registerOperator(`int ${symbol} double`, mixed);
    open.registerOperator(`double ${symbol} int`, mixed);
  }
  open.registerOperator('double % double', (a: number, b: number) => a % b);
  for (const TypedArrayType of typedArrays) {
    open.registerType(TypedArrayType.name, TypedArrayType);
    open.registerFunction(`size(${TypedArrayType.name}): int`, (array: { length: number }) => BigInt(array.length));
  }
  return open;
}

function contextOf(
  { input, nodes, item, index, executionId }: Scope,
  referenced: ReadonlySet<string>,
): Record<string, unknown> {
  const context: Record<string, unknown> = Object.create(null);
  const byId: Record<string, unknown> = Object.create(null);
  for (const id of referenced) byId[id] = context[id] = nodes.get(id) ?? null;
  return Object.assign(
    context,
    { input, nodes: byId, execution: { id: executionId } },
    item !== undefined && { item, index: index ?? 0 },
  );
}

/** What CEL made, as JSON: its integers are bigints, its maps may be Maps. */
function plain(value: unknown): Value {
  if (typeof value === 'bigint') {
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
      throw new Error(`${value} is too large for a number`);
    return Number(value);
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value as Value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [String(key), plain(part)]));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new Error('it gives neither a JSON value nor a typed array');
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** A path such as `retrieve.passages[0]` leads to a part of a value, which is passed on as it is, without a copy. */
function isPath(term: unknown): boolean {
  if (!isTerm(term)) return false;
  if (term.op === 'id') return true;
  return (term.op === '.' || term.op === '[]') && Array.isArray(term.args) && isPath(term.args[0]);
}

/** Macros that bind a name for their other arguments: `xs.map(x, x + 1)`. */
export const macros: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'bind',
  'sortBy',
  'transformList',
  'transformMap',
]);

function collect(term: unknown, bound: ReadonlySet<string>, nodes: Set<string>, path: string): void {
  if (Array.isArray(term)) {
    for (const part of term) collect(part, bound, nodes, path);
    return;
  }
  if (!isTerm(term)) return;
  const { op, args } = term;
  if (op === 'id') {
    const name = String(args);
    if (name === 'nodes')
      throw bad('nodes has to be followed by the id of a node in quotes', path, 'write nodes["the-id"]');
    if (bound.has(name) || scopeNames.has(name)) return;
    if (typeNames.has(name)) throw bad(`${name} means a type in CEL`, path, `write nodes["${name}"] for the node`);
    nodes.add(name);
    return;
  }
  if (Array.isArray(args) && isNodes(args[0]) && !bound.has('nodes')) {
    const id = op === '[]' || op === '[?]' ? literal(args[1]) : args[1];
    if (typeof id !== 'string')
      throw bad(
        'the id in nodes[...] has to be a string literal, so that the edges are known before it runs',
        path,
        'write nodes["the-id"]',
      );
    nodes.add(id);
    return;
  }
  const binds = op === 'rcall' && Array.isArray(args) && macros.has(String(args[0])) && Array.isArray(args[2]);
  if (!binds) {
    collect(args, bound, nodes, path);
    return;
  }
  const [, receiver, parameters] = args as [string, unknown, unknown[]];
  const named = parameters
    .slice(0, -1)
    .flatMap((part) => (isTerm(part) && part.op === 'id' ? [String(part.args)] : []));
  collect(receiver, bound, nodes, path);
  collect(parameters, new Set([...bound, ...named]), nodes, path);
}

const isNodes = (part: unknown): boolean => isTerm(part) && part.op === 'id' && part.args === 'nodes';
const literal = (part: unknown): unknown => (isTerm(part) && part.op === 'value' ? part.args : undefined);

function firstLine(thrown: unknown): string {
  return String((thrown as Error).message).split('\n')[0] ?? '';
}

function bad(message: string, path: string, hint: string): HeddleError {
  return new HeddleError({ code: 'BAD_EXPRESSION', message, path, hint, retryable: false });
}

/** CEL tells which key there is not: one that is written in the expression is told, one that was computed is nobody's business. */
function withoutComputed(message: string, source: string): string {
  const key = /^No such key: (.*)$/.exec(message)?.[1];
  return key === undefined || source.includes(key) ? message : 'No such key';
}
