import type { JsonSchema, Program, ProgramNode, Template } from './program.ts';
import { isRecord } from './shape.ts';
import { typeNames } from './type-names.ts';

/** What the builder has to know of a module: its name, and by its types what goes in and what comes out. */
export interface ModuleRef<Input, Output> {
  readonly name: string;
  readonly version: string;
  run(input: Input, ctx: never): Output | PromiseLike<Output>;
}

/** A Standard Schema, for its types only; a JSON Schema is also kept in the file. */
export type InputsSchema<Inputs> =
  | JsonSchema
  | { readonly '~standard': { readonly types?: { readonly output: Inputs } | undefined } };

/** Everything a node may say beyond its module and inputs. */
export type NodePolicies = Omit<ProgramNode, 'module' | 'with' | 'program' | 'waitFor' | 'sleepMs' | 'sleepUntil'>;

/** Everything a program may say beyond its nodes and outputs. */
export interface ProgramOptions<Inputs> extends Omit<Program, 'heddle' | 'name' | 'inputs' | 'nodes' | 'outputs'> {
  readonly inputs?: InputsSchema<Inputs>;
}

/**
 * What a bind function sees: the inputs, and the output of every node so far, by their types. Reading a member does not
 * read a value, there is none yet: it records the path, which becomes an expression of the file.
 */
export type BindScope<Inputs, Outputs> = { readonly input: Inputs } & Readonly<Outputs>;

/** The scope of a node with `forEach`: also the item and its index. */
export type ItemScope<Inputs, Outputs, Item> = BindScope<Inputs, Outputs> & {
  readonly item: Item;
  readonly index: number;
};

/**
 * Begins a program.
 *
 * ```ts
 * const rag = program('rag', { inputs: Question })
 *   .node('retrieve', retrieve, ({ input }) => ({ query: input.question, k: 5 }))
 *   .node('answer', extract, ({ input, retrieve }) => ({ question: input.question, passages: retrieve.passages }))
 *   .outputs(({ answer }) => ({ answer: answer.text }));
 * JSON.stringify(rag);                                     // the file
 * ```
 */
export function program<Inputs = Record<string, unknown>>(
  name: string,
  options: ProgramOptions<Inputs> = {},
): ProgramBuilder<Inputs, Record<never, never>> {
  const { inputs, ...rest } = options;
  // Only data can be kept in the file; a schema that is code gives types alone.
  const schema =
    typeof inputs === 'boolean' || (isRecord(inputs) && !('~standard' in inputs)) ? (inputs as JsonSchema) : undefined;
  return new ProgramBuilder({ heddle: 1, name, ...rest, ...(schema !== undefined && { inputs: schema }), nodes: {} });
}

/** A program in the making. Every method returns a new one; the types know the nodes so far. */
export class ProgramBuilder<Inputs, Outputs extends object> {
  readonly #program: Program;

  constructor(unfinished: Program) {
    this.#program = unfinished;
  }

  /** Adds a node that runs a module on what `bind` gives. */
  node<Id extends string, Input, Output>(
    id: Id,
    module: ModuleRef<Input, Output>,
    bind: (scope: BindScope<Inputs, Outputs>) => Input,
    policies: Omit<NodePolicies, 'forEach'> = {},
  ): ProgramBuilder<Inputs, Outputs & { readonly [K in Id]: Output }> {
    return this.#with(id, { module: fullName(module), with: template(bind(scope())), ...policies });
  }

  /** Adds a node that runs a module once for every item of a list; its output is the list of the outputs. */
  forEach<Id extends string, Item, Input, Output>(
    id: Id,
    items: (scope: BindScope<Inputs, Outputs>) => readonly Item[],
    module: ModuleRef<Input, Output>,
    bind: (scope: ItemScope<Inputs, Outputs, Item>) => Input,
    {
      forEach = {},
      ...policies
    }: Omit<NodePolicies, 'forEach'> & { readonly forEach?: Omit<NonNullable<ProgramNode['forEach']>, 'items'> } = {},
  ): ProgramBuilder<Inputs, Outputs & { readonly [K in Id]: readonly Output[] }> {
    const list = template(items(scope())) as string | readonly Template[];
    return this.#with(id, {
      module: fullName(module),
      forEach: { items: list, ...forEach },
      with: template(bind(scope())),
      ...policies,
    });
  }

  /** Says what the result is; without it, the result is every sink's output. */
  outputs(
    bind: (scope: BindScope<Inputs, Outputs>) => { readonly [name: string]: unknown },
  ): ProgramBuilder<Inputs, Outputs> {
    return new ProgramBuilder({
      ...this.#program,
      outputs: template(bind(scope())) as { readonly [name: string]: Template },
    });
  }

  /** The program as data: exactly its file. */
  toJSON(): Program {
    return this.#program;
  }

  #with<More extends object>(id: string, node: ProgramNode): ProgramBuilder<Inputs, Outputs & More> {
    return new ProgramBuilder({ ...this.#program, nodes: { ...this.#program.nodes, [id]: node } });
  }
}

function fullName({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A scope whose members are recorders: `input.question`, or any node by its id. */
// biome-ignore lint/suspicious/noExplicitAny: a recorder stands for values of every type
function scope(): any {
  return new Proxy(Object.create(null), {
    get: (_, key) =>
      typeof key === 'string'
        ? recorder(identifier.test(key) && !typeNames.has(key) ? key : `nodes[${JSON.stringify(key)}]`)
        : undefined,
  });
}

/** Stands for the value at a path. As text it is the expression, so that template literals work too. */
function recorder(path: string): unknown {
  const expression = `\${${path}}`;
  return new Proxy(Object.create(null), {
    get(_, key) {
      if (key === Symbol.toPrimitive || key === 'toString') return () => expression;
      if (key === 'toJSON') return () => expression;
      if (typeof key === 'symbol') return undefined;
      return recorder(
        identifier.test(key) ? `${path}.${key}` : `${path}[${/^\d+$/.test(key) ? key : JSON.stringify(key)}]`,
      );
    },
  });
}

/** What a bind function gave, with every recorder as its expression; JSON knows how. */
function template(bound: unknown): Template {
  return JSON.parse(JSON.stringify(bound)) as Template;
}
