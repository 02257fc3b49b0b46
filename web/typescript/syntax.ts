import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Options, Parser } from 'acorn';
import { type ErrorData, HeddleError } from '../../src/errors.ts';
import { limits } from '../../src/program/limits.ts';

/** A node of the syntax tree (ESTree with the types of TypeScript), by the members that are read here. */
export interface Syntax {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly [member: string]: unknown;
}

const typeScript = Parser.extend(tsPlugin() as unknown as (base: typeof Parser) => typeof Parser);
const options: Options = { ecmaVersion: 'latest', sourceType: 'module', locations: true };

/** The statements of a text. Nothing of it is run. @throws BAD_SYNTAX with line and column, LIMIT_EXCEEDED */
export function parseStatements(text: string): readonly Syntax[] {
  if (text.length > limits.textBytesMax)
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `the text has ${text.length} characters, ${limits.textBytesMax} are allowed`,
    });
  try {
    return listOf(typeScript.parse(text, options) as unknown as Syntax, 'body');
  } catch (thrown) {
    const { message = '', loc } = thrown as { message?: string; loc?: Syntax['loc']['start'] };
    if (loc === undefined) throw thrown;
    throw new HeddleError({
      code: 'BAD_SYNTAX',
      message: message.replace(/\s*\(\d+:\d+\)$/, ''),
      path: `line ${loc.line}, column ${loc.column + 1}`,
      hint: 'the text has to be TypeScript',
    });
  }
}

/** What of TypeScript is not read here, with its place and what to write instead. */
export function refused(
  at: Syntax,
  message: string,
  hint: string,
  code: ErrorData['code'] = 'UNSUPPORTED',
): HeddleError {
  return new HeddleError({ code, message, path: placeOf(at), hint });
}

export function placeOf({ loc: { start } }: Syntax): string {
  return `line ${start.line}, column ${start.column + 1}`;
}

export const lineOf = ({ loc }: Syntax): number => loc.start.line;

export function childOf(node: Syntax, member: string): Syntax {
  return node[member] as Syntax;
}

/** Members that are lists; what is not there is none. */
export function listOf(node: Syntax, member: string): readonly Syntax[] {
  return (node[member] as readonly Syntax[] | undefined) ?? [];
}

/** Without what only types say: `x as const`, `x satisfies T`, `x!`, parentheses. */
export function bare(node: Syntax): Syntax {
  let inner = node;
  while (/^(TS(As|Satisfies|NonNull)Expression|TSTypeAssertion|ParenthesizedExpression)$/.test(inner.type))
    inner = childOf(inner, 'expression');
  return inner;
}

/** The name of a member or property that is written out: `a.name`, `{ name: 1 }`, `{ 'a name': 1 }`. */
export function keyOf(node: Syntax, key: Syntax): string {
  if (node.computed !== true && key.type === 'Identifier') return String(key.name);
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number'))
    return String(key.value);
  throw refused(key, 'a computed name is not read', 'write the name out');
}
