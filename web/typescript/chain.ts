import { type ErrorData, type HeddleError, isHeddleError } from '../../src/errors.ts';
import type { AnyModule } from '../../src/host/registry.ts';
import { type ProgramBuilder, program } from '../../src/program/builder.ts';
import { didYouMean } from '../../src/program/suggest.ts';
import { bound } from './bind.ts';
import { evaluate, type Names } from './evaluate.ts';
import type { Places } from './places.ts';
import { bare, childOf, keyOf, listOf, refused, type Syntax } from './syntax.ts';

// biome-ignore lint/suspicious/noExplicitAny: the types of the text are not known here
type Builder = ProgramBuilder<any, any>;

/** What the names of a text stand for. */
export interface Meaning {
  readonly constants: Map<string, unknown>;
  readonly builders: Map<string, Builder>;
  readonly modules: Map<string, AnyModule>;
  readonly places: Places;
  /** Everything that was found wrong. */
  readonly errors: ErrorData[];
}

/** Whether an expression is a chain of builder calls, or begins with one. */
export function isChain(given: Syntax, { builders }: Meaning): boolean {
  const node = bare(given);
  if (node.type === 'Identifier') return builders.has(String(node.name));
  if (node.type !== 'CallExpression') return false;
  const callee = bare(childOf(node, 'callee'));
  if (callee.type === 'MemberExpression') return isChain(childOf(callee, 'object'), { builders } as Meaning);
  return callee.type === 'Identifier' && callee.name === 'program';
}

/** `program(...).node(...)...`: every call of the text is made of the real builder, with what was written out. */
export function readChain(given: Syntax, meaning: Meaning): Builder {
  const calls: Syntax[] = [];
  let node = bare(given);
  while (node.type === 'CallExpression' && bare(childOf(node, 'callee')).type === 'MemberExpression') {
    calls.push(node);
    node = bare(childOf(bare(childOf(node, 'callee')), 'object'));
  }
  let builder = node.type === 'Identifier' ? meaning.builders.get(String(node.name)) : begin(node, meaning);
  for (const call of calls.reverse()) {
    try {
      builder = make(builder as Builder, call, meaning);
    } catch (thrown) {
      if (!isHeddleError(thrown)) throw thrown;
      meaning.errors.push(thrown as HeddleError);
    }
  }
  return builder as Builder;
}

function begin(call: Syntax, meaning: Meaning): Builder {
  const [name, options] = listOf(call, 'arguments');
  if (name === undefined) throw refused(call, 'a program has a name', "write program('name')");
  if (options !== undefined) meaning.places.note('', options);
  const given = options === undefined ? {} : (evaluate(options, names(meaning)) as object);
  return program(evaluate(name, names(meaning)) as string, given);
}

function make(builder: Builder, call: Syntax, meaning: Meaning): Builder {
  const callee = bare(childOf(call, 'callee'));
  const called = childOf(callee, 'property');
  const method = keyOf(callee, called);
  const given = listOf(call, 'arguments');
  const { constants, places } = meaning;
  if (method === 'outputs') {
    const bind = argument(called, given, 0, 'a function that gives the outputs');
    places.note('outputs', bind);
    return builder.outputs(bound(bind, constants) as never);
  }
  if (method !== 'node' && method !== 'forEach')
    throw refused(called, `the builder has no method ${method}`, 'it has node, forEach and outputs');
  const id = evaluate(argument(called, given, 0, 'the id of the node'), names(meaning));
  if (typeof id !== 'string') throw refused(given[0] as Syntax, 'the id of a node is a text', "write it as 'id'");
  if (Object.hasOwn(builder.toJSON().nodes, id))
    throw refused(given[0] as Syntax, `two nodes have the id ${id}`, 'rename one of the two', 'DUPLICATE_ID');
  places.at(`nodes.${id}`, given[0] as Syntax);
  const first = method === 'node' ? 1 : 2;
  const module = moduleOf(argument(called, given, first, 'a module'), meaning);
  const bind = argument(called, given, first + 1, 'a function that gives the input of the module');
  const [policies] = given.slice(first + 2);
  places.note(`nodes.${id}.with`, bind);
  if (policies !== undefined) places.note(`nodes.${id}`, policies);
  const rest = (policies === undefined ? {} : evaluate(policies, names(meaning))) as Record<string, unknown>;
  const input = bound(bind, constants) as never;
  if (method === 'node') return builder.node(id, module, input, rest);
  const items = argument(called, given, 1, 'a function that gives the items');
  places.note(`nodes.${id}.forEach.items`, items);
  return builder.forEach(id, bound(items, constants) as never, module, input, rest);
}

function argument(called: Syntax, given: readonly Syntax[], index: number, what: string): Syntax {
  const found = given[index];
  if (found === undefined)
    throw refused(
      called,
      `argument ${index + 1} is missing: ${what}`,
      "write .node('id', module, ({ input }) => ({ ... }))",
    );
  return found;
}

function moduleOf(given: Syntax, { modules }: Meaning): AnyModule {
  const node = bare(given);
  const name = node.type === 'Identifier' ? String(node.name) : '';
  const module = modules.get(name);
  if (module !== undefined) return module;
  if (name === '')
    throw refused(node, 'a module is written by its name', "import it: import { textExtract } from 'heddle/modules'");
  const { hint = 'import it, or take one that is registered here' } = didYouMean(name, modules.keys());
  throw refused(node, `no module ${name} is known here`, hint, 'UNKNOWN_MODULE');
}

function names({ constants }: Meaning): Names {
  return { constants, recorders: new Map() };
}
