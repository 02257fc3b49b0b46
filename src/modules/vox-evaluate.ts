import { HeddleError } from '../errors.ts';
import type { Value } from '../program/value.ts';
import { type Call, type CapturedFunction, type Closure, type Primitives, truthy } from './vox.ts';
import { parseBody, type Term } from './vox-body.ts';

/** What signs stand for; they do not give `default.*`. */
const signs: { readonly [sign: string]: string } = {
  '&&': 'default.bool_and_scalar',
  '||': 'default.bool_or_scalar',
  '!': 'default.not_compat',
};

/** In this order a bare name is looked for. */
const namespaces = ['default', 'vox1', 'strings'] as const;

/** Full name of the primitive that a name in a body stands for; undefined when there is none. */
function resolvePrimitive(name: string, primitives: Primitives): string | undefined {
  const full = [
    Object.hasOwn(signs, name) ? signs[name] : undefined,
    name,
    ...namespaces.map((space) => `${space}.${name}`),
  ];
  return full.find((each) => each !== undefined && Object.hasOwn(primitives, each));
}

interface Scope {
  readonly values: ReadonlyMap<string, Value>;
  readonly functions: { readonly [name: string]: CapturedFunction };
}

/** Applies a closure to a value. @throws BAD_INPUT, BAD_SYNTAX, UNSUPPORTED when the body calls a primitive that is not here */
function applyClosure({ closure }: Closure, value: Value, primitives: Primitives): Value {
  const values = new Map<string, Value>([...Object.entries(closure.captures), [closure.parameter, value]]);
  return new Evaluation(primitives).term(parseBody(closure.body), { values, functions: closure.functions });
}

export function callPrimitive(
  operator: string,
  args: readonly Value[],
  attrs: Call['attrs'],
  primitives: Primitives,
): Value {
  const primitive = Object.hasOwn(primitives, operator) ? primitives[operator] : undefined;
  if (primitive === undefined)
    throw new HeddleError({ code: 'UNSUPPORTED', message: `there is no kernel ${operator} here`, retryable: false });
  const parsed = new Map<string, Term>();
  return primitive(args, {
    operator,
    attrs,
    apply: ({ closure }, value) => {
      const body = parsed.get(closure.body) ?? parseBody(closure.body);
      parsed.set(closure.body, body);
      const values = new Map<string, Value>([...Object.entries(closure.captures), [closure.parameter, value]]);
      return new Evaluation(primitives).term(body, { values, functions: closure.functions });
    },
  });
}

class Evaluation {
  readonly #primitives: Primitives;

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
  }

  term(term: Term, scope: Scope): Value {
    switch (term.kind) {
      case 'literal':
        return term.value;
      case 'name':
        return this.#name(term.name, scope);
      case 'let':
        return this.term(term.body, bind(scope, term.name, this.term(term.value, scope)));
      case 'each':
        return this.#each(term, scope);
      case 'fold': {
        const args = term.args.map((arg) => this.term(arg, scope));
        return callPrimitive('default.fold', args, { operator: term.operator }, this.#primitives);
      }
      case 'call': {
        const args = term.args.map((arg) => this.term(arg, scope));
        return this.#call(term.name, args, scope);
      }
    }
  }

  #name(name: string, { values, functions }: Scope): Value {
    const value = values.get(name);
    if (value !== undefined) return value;
    const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
    const [parameter] = found?.parameters ?? [];
    if (found === undefined || parameter === undefined || found.parameters.length !== 1)
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: `the body names ${name}, which is nothing it captures`,
        retryable: false,
      });
    const { body, captures, functions: inner } = found;
    // A function may call itself and its siblings.
    return { closure: { parameter, body, captures, functions: { ...functions, ...inner } } } as unknown as Value;
  }

  #each({ filter, name, over, body }: Extract<Term, { kind: 'each' }>, scope: Scope): Value {
    const list = this.term(over, scope);
    if (!Array.isArray(list))
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: `${filter ? 'filter' : 'for'} ${name}: not a sequence`,
        retryable: false,
      });
    const of = (element: Value): Value => this.term(body, bind(scope, name, element));
    return filter ? list.filter((element: Value) => truthy(of(element))) : list.map(of);
  }

  #call(name: string, args: readonly Value[], scope: Scope): Value {
    const local = scope.values.get(name);
    if (local !== undefined && typeof local === 'object' && local !== null && 'closure' in local)
      return applyClosure(local as unknown as Closure, args[0] ?? null, this.#primitives);
    const own = Object.hasOwn(scope.functions, name) ? scope.functions[name] : undefined;
    if (own !== undefined) {
      const parameters = own.parameters.map((parameter, index) => [parameter, args[index] ?? null] as const);
      const values = new Map<string, Value>([...Object.entries(own.captures), ...parameters]);
      return this.term(parseBody(own.body), { values, functions: { ...scope.functions, ...own.functions } });
    }
    return callPrimitive(resolvePrimitive(name, this.#primitives) ?? name, args, {}, this.#primitives);
  }
}

function bind({ values, functions }: Scope, name: string, value: Value): Scope {
  return { values: new Map([...values, [name, value]]), functions };
}
