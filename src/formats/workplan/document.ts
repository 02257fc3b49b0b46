import { describe, type Findings, isRecord, type JsonRecord } from '../findings.ts';
import { type Identity, nodeId } from './node-id.ts';

interface Common {
  readonly id: string;
  /** Such as `nodes[3]`. */
  readonly path: string;
}

export interface WorkplanConstant extends Common {
  readonly type: 'constant';
  readonly value: unknown;
}

export interface WorkplanOperation extends Common {
  readonly type: 'operation';
  readonly operator: string;
  /** Ids of the positional arguments, in order. */
  readonly args: readonly string[];
  /** Arguments by name; none are known to occur. */
  readonly kwargs: readonly (readonly [name: string, id: string])[];
  readonly attrs: JsonRecord;
}

export interface WorkplanClosure extends Common {
  readonly type: 'closure';
  readonly parameter: string;
  readonly body: string;
  readonly captures: readonly (readonly [name: string, id: string])[];
  readonly functions: readonly WorkplanFunction[];
}

export interface WorkplanFunction {
  readonly name: string;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly body: string;
  readonly captures: readonly (readonly [name: string, id: string])[];
  readonly functions: readonly WorkplanFunction[];
}

export type WorkplanNode = WorkplanConstant | WorkplanOperation | WorkplanClosure;

export interface WorkplanGoal {
  readonly operation: string;
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

export interface Workplan {
  readonly nodes: ReadonlyMap<string, WorkplanNode>;
  readonly goals: readonly WorkplanGoal[];
}

/** Reads and checks every node; each id is computed again from the content. Problems go to `findings`. */
export function readWorkplanDocument(document: JsonRecord, findings: Findings): Workplan {
  const nodes = new Map<string, WorkplanNode>();
  const list = listAt(document.nodes, 'nodes', findings);
  list.forEach((entry, index) => {
    const node = readNode(entry, `nodes[${index}]`, findings);
    if (node === undefined) return;
    if (nodes.has(node.id))
      findings.error({ code: 'DUPLICATE_ID', path: `${node.path}.id`, message: `two nodes have the id ${node.id}` });
    else nodes.set(node.id, node);
  });
  const goals = listAt(document.goals ?? [], 'goals', findings).flatMap((entry, index) =>
    readGoal(entry, `goals[${index}]`, findings),
  );
  return { nodes, goals };
}

function listAt(value: unknown, path: string, findings: Findings): readonly unknown[] {
  if (Array.isArray(value)) return value;
  findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must be a list, not ${describe(value)}` });
  return [];
}

function readNode(entry: unknown, path: string, findings: Findings): WorkplanNode | undefined {
  const wrong = (key: string, should: string, value: unknown): undefined => {
    findings.error({
      code: 'BAD_SCHEMA',
      path: `${path}.${key}`,
      message: `${path}.${key} must be ${should}, not ${describe(value)}`,
    });
  };
  if (!isRecord(entry)) return wrong('id', 'the id of a node', entry);
  const { id, type, output_kind: outputKind } = entry;
  if (typeof id !== 'string' || id === '') return wrong('id', 'a text', id);
  if (typeof outputKind !== 'string') return wrong('output_kind', 'a text', outputKind);
  if (type !== 'constant' && type !== 'operation' && type !== 'closure')
    return wrong('type', 'constant, operation or closure', type);
  const attrs = entry.attrs ?? {};
  if (!isRecord(attrs)) return wrong('attrs', 'an object', attrs);
  const operator = type === 'operation' ? entry.operator : type;
  if (typeof operator !== 'string') return wrong('operator', 'a text', operator);
  const given = readIds(entry.arguments ?? {}, `${path}.arguments`, findings);
  if (given === undefined) return undefined;
  const isPosition = (name: string): boolean => /^\d+$/.test(name);
  const positions = given.filter(([name]) => isPosition(name)).sort(([a], [b]) => Number(a) - Number(b));
  const kwargs = given.filter(([name]) => !isPosition(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (positions.some(([name], index) => name !== String(index)))
    return wrong('arguments', 'counted from 0 without a gap', entry.arguments);
  const args = positions.map(([, argument]) => argument);
  const kind = type === 'operation' ? 'primitive' : type;
  const identity: Identity = {
    args,
    kwargs,
    kind,
    operator,
    output_kind: outputKind,
    attrs: type === 'constant' ? { value: entry.value ?? null } : attrs,
  };
  const computed = nodeId(identity);
  if (computed !== id) {
    findings.error({
      code: 'CORRUPT',
      path: `${path}.id`,
      message: `the id of ${path} is not that of its content`,
      hint: 'the node was changed after its id was computed, or the other way round',
      details: { id, computed },
    });
    return undefined;
  }
  if (type === 'constant') return { type, id, path, value: entry.value ?? null };
  if (type === 'operation') return { type, id, path, operator, args, kwargs, attrs };
  return readClosure({ id, path, args }, attrs, findings);
}

function readClosure(
  { id, path, args }: Common & { readonly args: readonly string[] },
  attrs: JsonRecord,
  findings: Findings,
): WorkplanClosure | undefined {
  const { parameter, body, capture_names: names = [], function_captures: functions = {} } = attrs;
  const fits =
    typeof parameter === 'string' && typeof body === 'string' && isTexts(names) && names.length === args.length;
  if (!fits) {
    findings.error({
      code: 'BAD_SCHEMA',
      path: `${path}.attrs`,
      message: `${path}.attrs must have a parameter, a body, and a name in capture_names for each argument`,
    });
    return undefined;
  }
  return {
    type: 'closure',
    id,
    path,
    parameter,
    body,
    captures: names.map((name, index) => [name, args[index] ?? '']),
    functions: readFunctions(functions, `${path}.attrs.function_captures`, findings),
  };
}

function readFunctions(value: unknown, path: string, findings: Findings): readonly WorkplanFunction[] {
  if (!isRecord(value)) {
    findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must be an object, not ${describe(value)}` });
    return [];
  }
  return Object.entries(value).flatMap(([name, entry]) => {
    const at = `${path}.${name}`;
    if (!isRecord(entry) || !isTexts(entry.parameters) || typeof entry.body !== 'string') {
      findings.error({ code: 'BAD_SCHEMA', path: at, message: `${at} must have parameters and a body` });
      return [];
    }
    const captures = readIds(entry.captures ?? {}, `${at}.captures`, findings) ?? [];
    const functions = readFunctions(entry.functions ?? {}, `${at}.functions`, findings);
    return [{ name, path: at, parameters: entry.parameters, body: entry.body, captures, functions }];
  });
}

function readIds(value: unknown, path: string, findings: Findings): [string, string][] | undefined {
  const entries = isRecord(value) ? Object.entries(value) : undefined;
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
    return entries as [string, string][];
  findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must give the id of a node for each name` });
  return undefined;
}

function readGoal(entry: unknown, path: string, findings: Findings): readonly WorkplanGoal[] {
  if (isRecord(entry) && typeof entry.id === 'string' && typeof entry.name === 'string') {
    const operation = typeof entry.operation === 'string' ? entry.operation : 'print';
    return [{ operation, id: entry.id, name: entry.name, path }];
  }
  findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must have the id of a node and a name` });
  return [];
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
