import { evaluate, type Names } from './evaluate.ts';
import { bare, childOf, keyOf, listOf, refused, type Syntax } from './syntax.ts';

const shape = 'write it as ({ input, first }) => ({ key: first.member })';

/** The value that a bind function gives, as the builder calls it: with a scope of recorders. */
export function bound(given: Syntax, constants: Names['constants']): (scope: unknown) => unknown {
  const node = bare(given);
  if (node.type !== 'ArrowFunctionExpression') throw refused(node, 'here has to be an arrow function', shape);
  if (node.async === true) throw refused(node, 'a bind function cannot be async: it names values, it has none', shape);
  const [parameter, ...more] = listOf(node, 'params');
  if (more.length > 0) throw refused(node, 'a bind function is given one thing: the scope', shape);
  const body = bodyOf(node);
  const whole = parameter?.type === 'Identifier' ? String(parameter.name) : undefined;
  return (scope) => evaluate(body, { constants, recorders: scoped(parameter, scope as Scope), whole });
}

type Scope = Readonly<Record<string, unknown>>;

function scoped(parameter: Syntax | undefined, scope: Scope): ReadonlyMap<string, unknown> {
  if (parameter === undefined) return new Map();
  if (parameter.type === 'Identifier') return new Map([[String(parameter.name), scope]]);
  if (parameter.type !== 'ObjectPattern') throw refused(parameter, 'this parameter is not read', shape);
  return new Map(
    listOf(parameter, 'properties').map((property) => {
      const name = childOf(property, 'value');
      if (property.type !== 'Property' || name.type !== 'Identifier')
        throw refused(property, 'only names are read in the braces of a bind function', shape);
      return [String(name.name), scope[keyOf(property, childOf(property, 'key'))]] as const;
    }),
  );
}

/** What it returns, be it written with or without `return`. */
export function bodyOf(node: Syntax): Syntax {
  const body = bare(childOf(node, 'body'));
  if (body.type !== 'BlockStatement') return body;
  const [only, ...more] = listOf(body, 'body');
  if (only?.type !== 'ReturnStatement' || more.length > 0 || !only.argument)
    throw refused(body, 'a bind function returns a value and does nothing else', shape);
  return bare(childOf(only, 'argument'));
}
