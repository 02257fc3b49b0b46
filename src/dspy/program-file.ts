import { fullName } from '../host/registry.ts';
import type { Program as ProgramFile, ProgramNode, Template } from '../program/program.ts';
import { Module } from './module.ts';
import { outputFields, type Part, type PartPolicies, predictorOf } from './part.ts';

/** What a node that asks a model may say of how it is asked; keys of breakers, bulkheads and rate limits name a provider. */
export type ModelPolicies = Pick<
  ProgramNode,
  'retry' | 'timeoutMs' | 'idleTimeoutMs' | 'breaker' | 'bulkhead' | 'rateLimit' | 'priority' | 'runOn'
>;

export interface ProgramFileOptions {
  /** Of every node that asks a model: a result found is not paid for again. Models must differ in scope to differ in results. */
  readonly cache?: { readonly ttlMs?: number; readonly scope?: string };
  /** Of every node that asks a model; what a module says of its own wins. */
  readonly policies?: ModelPolicies;
  readonly adapter?: 'chat' | 'json';
  /** Outputs become `{ outputs, trace, usage }` of every module, by name: what optimisers read. */
  readonly traced?: boolean;
}

/** What a file is made of: a `Program`. */
export interface FileSource {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly modules: { readonly [id: string]: Part };
  readonly policies: { readonly [id: string]: PartPolicies };
  /** Names of the modules nothing depends on. */
  sinks(): readonly string[];
}

/** The name and version of the module that runs any predictor given as data. */
const predictModuleName = 'dspy.predict@1';

/** The name and version of the module that runs a module written as code. */
export function forwardModuleName(program: string, part: string): string {
  return `dspy.${program}.${part}@1`;
}

/**
 * A program as a file. A predictor is a node of `dspy.predict` that holds its signature and demonstrations as data, so that a
 * compiled program is its file and nothing else; a module written as code is a node of a module of its own, which holds its
 * state.
 */
export function programFile(program: FileSource, options: ProgramFileOptions): ProgramFile {
  const { name, inputs } = program;
  const { traced = false } = options;
  const nodes = Object.fromEntries(
    Object.entries(program.modules).map(([id, part]) => [id, node(program, id, part, options)]),
  );
  return {
    heddle: 1,
    name,
    ...(inputs.length > 0 && { inputs: { type: 'object', required: [...inputs] } }),
    nodes,
    outputs: traced
      ? { modules: Object.fromEntries(Object.keys(nodes).map((id) => [id, `\${${ref(id)}}`])) }
      : outputs(program),
  };
}

function node(program: FileSource, id: string, part: Part, options: ProgramFileOptions): ProgramNode {
  const { needs = [], ...policies } = program.policies[id] ?? {};
  const modules = needs.filter((need) => Object.hasOwn(program.modules, need));
  const order = modules.length > 0 ? { needs: modules } : {};
  if (!(part instanceof Module)) return { module: fullName(part), ...order, ...policies };
  const { cache, policies: common, adapter, traced = false } = options;
  const tracedParts = traced ? modules.filter((need) => program.modules[need] instanceof Module) : [];
  const given = [
    '${input}',
    ...modules.map((need) => `\${${ref(need)}${tracedParts.includes(need) ? '.outputs' : ''}}`),
  ];
  const run = { given, ...(adapter !== undefined && { adapter }), ...(traced && { traced, leaveOut: '${input}' }) };
  const paid = { ...common, ...(cache !== undefined && { cache }) };
  const single = predictorOf(part);
  const [module, held] =
    single === undefined
      ? [forwardModuleName(program.name, id), { state: stateOf(part) }]
      : [predictModuleName, { predictor: single.predict.toData() }];
  return {
    module,
    ...order,
    with: { ...(escaped(held) as { readonly [key: string]: Template }), ...run },
    ...paid,
    ...policies,
  };
}

function stateOf(part: Module): { readonly [path: string]: unknown } {
  return Object.fromEntries(part.namedPredictors().map(([path, predictor]) => [path, predictor.dumpState()]));
}

function outputs(program: FileSource): { readonly [name: string]: Template } {
  const found = program.sinks().flatMap((id): [string, Template][] => {
    const fields = outputFields(program.modules[id]);
    return fields === undefined
      ? [[id, `\${${ref(id)}}`]]
      : fields.map((field): [string, Template] => [field, `\${${ref(id)}.${field}}`]);
  });
  return Object.fromEntries(found);
}

/** A node's output in an expression. */
function ref(id: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(id) ? id : `nodes[${JSON.stringify(id)}]`;
}

/** Data as a template that gives it back: what looks like an expression is escaped. */
export function escaped(data: unknown): Template {
  return JSON.parse(JSON.stringify(data), (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('${', () => '$${') : value,
  ) as Template;
}
