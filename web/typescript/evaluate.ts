import { didYouMean } from '../../src/program/suggest.ts';
import { bare, childOf, keyOf, listOf, refused, type Syntax } from './syntax.ts';

/** Names and what they stand for. Recorders stand for values that there will be when the program runs. */
export interface Names {
  readonly constants: ReadonlyMap<string, unknown>;
  /** What a bind function was given, by the name it gave it. */
  readonly recorders: ReadonlyMap<string, unknown>;
  /** The recorder that is the whole scope: of it only members are values. */
  readonly whole?: string | undefined;
}

const inTexts = "write what is computed as an expression in a text, such as '${input.n + 1}'";

/**
 * The value of an expression that is written out: literals, lists and objects of them, constants, and members of what a bind
 * function is given. Anything that would have to be run is refused, with its place.
 */
export function evaluate(given: Syntax, names: Names): unknown {
  const node = bare(given);
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'TemplateLiteral':
      return textOf(node, names);
    case 'UnaryExpression':
      return negative(node, names);
    case 'ArrayExpression':
      return listOf(node, 'elements').map((element) => {
        if (element === null) throw refused(node, 'a list with a hole is not read', 'write null');
        return evaluate(plain(element), names);
      });
    case 'ObjectExpression':
      return record(node, names);
    case 'Identifier':
      return named(node, names);
    case 'MemberExpression':
      return member(node, names);
    case 'CallExpression':
    case 'NewExpression':
      throw refused(node, 'a call is not read: nothing in this text is run', inTexts);
    default:
      throw refused(node, `${described(node.type)} is not read: nothing in this text is run`, inTexts);
  }
}

function literal(node: Syntax): unknown {
  const { value } = node;
  if (value === null ? node.regex === undefined : ['string', 'number', 'boolean'].includes(typeof value)) return value;
  throw refused(node, `${String(node.raw)} is no value of JSON`, 'write a text, a number, true, false or null');
}

function textOf(node: Syntax, names: Names): string {
  const values = listOf(node, 'expressions').map((each) => {
    const value = evaluate(each, names);
    if (typeof value === 'object' && value !== null && !isRecorder(bare(each), names))
      throw refused(each, 'a list or an object cannot be part of a text', 'name one of its members');
    return String(value);
  });
  return listOf(node, 'quasis')
    .map(({ value }, index) => (value as { cooked: string }).cooked + (values[index] ?? ''))
    .join('');
}

function negative(node: Syntax, names: Names): number {
  const value = node.operator === '-' ? evaluate(childOf(node, 'argument'), names) : undefined;
  if (typeof value === 'number') return -value;
  throw refused(node, `the operator ${String(node.operator)} is not read here`, inTexts);
}

function record(node: Syntax, names: Names): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const each of listOf(node, 'properties')) {
    const property = plain(each);
    if (property.method === true || property.kind !== 'init')
      throw refused(property, 'a method is not read', 'write a value');
    const key = keyOf(property, childOf(property, 'key'));
    if (key === '__proto__') throw refused(property, 'no member may be named __proto__', 'rename it', 'RESERVED_ID');
    if (Object.hasOwn(made, key))
      throw refused(property, `the key ${key} stands twice in one object`, 'rename one of the two', 'DUPLICATE_ID');
    made[key] = evaluate(childOf(property, 'value'), names);
  }
  return made;
}

function named(node: Syntax, { constants, recorders, whole }: Names): unknown {
  const name = String(node.name);
  if (name === whole)
    throw refused(node, 'the whole scope is no value', `write ${name}.input, or ${name}. and the id of a node`);
  if (recorders.has(name)) return recorders.get(name);
  if (constants.has(name)) return constants.get(name);
  if (name === 'undefined') return undefined;
  const { hint = 'declare it with const above, or name it in the braces of the function' } = didYouMean(name, [
    ...recorders.keys(),
    ...constants.keys(),
  ]);
  throw refused(node, `${name} is not known here`, hint, 'UNKNOWN_NODE');
}

function member(node: Syntax, names: Names): unknown {
  if (node.optional === true)
    throw refused(node, 'the operator ?. is not read', "write '${has(a.b) ? a.b : null}' as a text");
  const inner = bare(childOf(node, 'object'));
  const object = evaluate(inner, { ...names, whole: undefined });
  const key = keyOf(node, childOf(node, 'property'));
  if (isRecorder(inner, names)) return (object as Record<string, unknown>)[key];
  if (typeof object === 'object' && object !== null && Object.hasOwn(object, key))
    return (object as Record<string, unknown>)[key];
  throw refused(node, `there is no member ${key}`, 'name a member of a constant, or of what the function is given');
}

/** What a bind function is given, and every member of it. */
function isRecorder(node: Syntax, names: Names): boolean {
  if (node.type === 'MemberExpression') return isRecorder(bare(childOf(node, 'object')), names);
  return node.type === 'Identifier' && names.recorders.has(String(node.name));
}

function plain(node: Syntax): Syntax {
  if (node.type === 'SpreadElement') throw refused(node, 'the operator ... is not read', 'write its members out');
  return node;
}

/** `BinaryExpression` is what people call a binary expression. */
function described(type: string): string {
  const words = type
    .replace(/^TS/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}
