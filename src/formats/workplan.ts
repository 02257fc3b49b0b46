import { defineModule } from '../ports/module.ts';
import type { ProgramNode, Template } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import type { Value } from '../program/value.ts';
import { Findings, isRecord, type JsonRecord } from './findings.ts';
import type { Format, ReadProgram } from './format.ts';
import { literal, outputOf } from './literal.ts';
import {
  readWorkplanDocument,
  type Workplan,
  type WorkplanClosure,
  type WorkplanFunction,
  type WorkplanGoal,
  type WorkplanNode,
} from './workplan/document.ts';
import { reach, referencesOf, type WorkplanReference } from './workplan/reach.ts';

/** Results are shared between all workplans of a host: equal kernels on equal arguments run once. */
const cacheScope = 'voxlogica';

/**
 * Workplans of VoxLogicA-2 (github.com/VoxLogicA-Project/VoxLogicA-2, `to_json`): a content-addressed graph of constants,
 * operations and closures. Only what the goals need becomes a program. An operation becomes a node under its id that runs
 * the module of its operator (`default.range`, `vox1.+`; an operator no module of the host has is named by validation);
 * constants and closures are written into the inputs of their consumers. Every id is computed again from the content.
 *
 * Goals become outputs by name; `save` gives the value just as `print` does. Without goals, every operation that no other
 * node needs is one, under its id, because the names of the source are not in the file.
 */
export const workplan: Format = {
  name: 'VoxLogicA workplan',
  looksLike: 'an object with a list of nodes by SHA-256 and a list of goals',
  recognises: (document) =>
    isRecord(document) &&
    Array.isArray(document.nodes) &&
    !('heddle' in document) &&
    (Array.isArray(document.goals) || document.nodes.some((node) => isRecord(node) && 'output_kind' in node)),
  read: readWorkplan,
};

/** Gives its input. Stands for a node that is none of the operations: a constant that is all there is, a shared closure. */
export const voxValue = defineModule<{ readonly value: Value }, Value>({
  name: 'vox.value',
  version: '1',
  description: 'a constant or a function of a workplan',
  input: { type: 'object', required: ['value'] },
  run: ({ value }) => value,
});

function readWorkplan(document: unknown, name: string): ReadProgram {
  const findings = new Findings();
  const root: JsonRecord = isRecord(document) ? document : {};
  const plan = readWorkplanDocument(root, findings);
  const goals = goalsOf(plan, findings);
  const reached = reach(plan, goals, findings);
  findings.throwIfAny();
  const builder = new Builder(plan, reached);
  const program = checkProgram({
    heddle: 1,
    name,
    nodes: builder.nodes(goals),
    outputs: builder.outputs(goals),
  });
  return { format: workplan.name, program, timeUnit: 'unit', modules: [voxValue], warnings: findings.warnings };
}

function goalsOf({ nodes, goals }: Workplan, findings: Findings): readonly (WorkplanGoal & WorkplanReference)[] {
  if (goals.length > 0) return goals.map((goal) => ({ ...goal, path: `${goal.path}.id` }));
  const needed = new Set([...nodes.values()].flatMap((node) => referencesOf(node).map(({ id }) => id)));
  const all = [...nodes.values()].filter(({ id }) => !needed.has(id));
  const operations = all.filter(({ type }) => type === 'operation');
  if (nodes.size === 0 && findings.errors.length === 0)
    findings.error({ code: 'BAD_SCHEMA', path: 'nodes', message: 'a workplan needs at least one node' });
  return (operations.length > 0 ? operations : all).map(({ id, path }) => ({ operation: 'print', name: id, id, path }));
}

class Builder {
  readonly #plan: Workplan;
  readonly #reached: readonly WorkplanNode[];
  /** Closures that other closures capture: written out everywhere they could grow without bound, so they are nodes. */
  readonly #shared: ReadonlySet<string>;

  constructor(plan: Workplan, reached: readonly WorkplanNode[]) {
    this.#plan = plan;
    this.#reached = reached;
    const captured = reached.filter((node) => node.type === 'closure').flatMap(referencesOf);
    this.#shared = new Set(captured.map(({ id }) => id).filter((id) => plan.nodes.get(id)?.type === 'closure'));
  }

  nodes(goals: readonly WorkplanGoal[]): { readonly [id: string]: ProgramNode } {
    const nodes: Record<string, ProgramNode> = Object.create(null);
    for (const node of this.#reached) {
      if (node.type === 'operation') {
        const named = Object.fromEntries(node.kwargs.map(([key, id]) => [key, this.#value(id)]));
        nodes[node.id] = {
          module: node.operator,
          with: {
            args: node.args.map((id) => this.#value(id)),
            ...(Object.keys(node.attrs).length > 0 && { attrs: literal(node.attrs) }),
            ...(node.kwargs.length > 0 && { kwargs: named }),
          },
          cache: { scope: cacheScope },
          summary: node.operator,
        };
      } else if (node.type === 'closure' && this.#shared.has(node.id))
        nodes[node.id] = { module: voxValue.name, with: { value: this.#closure(node) }, cache: { scope: cacheScope } };
    }
    // A program needs a node, and a plan may have nothing to compute.
    if (Object.keys(nodes).length === 0 && goals[0] !== undefined)
      nodes[goals[0].id] = {
        module: voxValue.name,
        with: { value: this.#value(goals[0].id) },
        cache: { scope: cacheScope },
      };
    return nodes;
  }

  outputs(goals: readonly WorkplanGoal[]): { readonly [name: string]: Template } {
    const outputs: Record<string, Template> = Object.create(null);
    for (const { name, id } of goals) {
      let free = name;
      for (let count = 2; Object.hasOwn(outputs, free); count++) free = `${name} (${count})`;
      outputs[free] = this.#value(id);
    }
    return { ...outputs };
  }

  #value(id: string): Template {
    const node = this.#plan.nodes.get(id);
    if (node?.type === 'constant') return literal(node.value);
    if (node?.type === 'closure' && !this.#shared.has(id)) return this.#closure(node);
    return outputOf(id);
  }

  #closure({ parameter, body, captures, functions }: WorkplanClosure): Template {
    return {
      closure: {
        parameter: literal(parameter),
        body: literal(body),
        captures: this.#captures(captures),
        functions: this.#functions(functions),
      },
    };
  }

  #functions(functions: readonly WorkplanFunction[]): Template {
    return Object.fromEntries(
      functions.map(({ name, parameters, body, captures, functions: inner }) => [
        name,
        {
          parameters: literal(parameters),
          body: literal(body),
          captures: this.#captures(captures),
          functions: this.#functions(inner),
        },
      ]),
    );
  }

  #captures(captures: readonly (readonly [name: string, id: string])[]): Template {
    return Object.fromEntries(captures.map(([name, id]) => [name, this.#value(id)]));
  }
}
