import { HeddleError } from '../errors.ts';
import { type CompiledExpression, compileExpression, type References } from './expression.ts';
import { limits } from './limits.ts';
import type { Template } from './program.ts';
import type { Scope } from './scope.ts';
import type { Value } from './value.ts';

export interface CompiledTemplate {
  readonly references: References;
  /** It holds no expression: whatever the scope, it is the same. */
  readonly isLiteral: boolean;
  /** The template with every expression replaced by its value. @throws BAD_EXPRESSION */
  bind(scope: Scope): Value;
}

/**
 * Compiles any JSON value whose strings may hold `${expression}`. A string that is exactly one `${...}` becomes the value
 * itself, of whatever type; any other mixture becomes text. `$${` stands for a literal `${`.
 *
 * @param path where the template stands in the program, for errors
 * @throws BAD_EXPRESSION, LIMIT_EXCEEDED
 */
export function compileTemplate(template: Template, path: string): CompiledTemplate {
  const found: Found = { nodes: new Set(), expressions: 0 };
  const bind = compile(template, path, found, 0);
  return { references: { nodes: found.nodes }, isLiteral: found.expressions === 0, bind };
}

type Bind = (scope: Scope) => Value;

/** What a template holds, as far as it is compiled. */
interface Found {
  readonly nodes: Set<string>;
  expressions: number;
}

function compile(template: Template, path: string, found: Found, depth: number): Bind {
  if (depth > limits.depthMax) {
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `templates nest at most ${limits.depthMax} deep`,
      path,
      details: { limit: limits.depthMax },
    });
  }
  if (typeof template === 'string') return compileText(template, path, found);
  if (typeof template !== 'object' || template === null) return () => template;
  if (Array.isArray(template)) {
    const parts = template.map((part: Template, index) => compile(part, `${path}[${index}]`, found, depth + 1));
    return (scope) => parts.map((part) => part(scope));
  }
  const members = Object.entries(template as { readonly [key: string]: Template }).map(
    ([key, part]) => [key, compile(part, `${path}.${key}`, found, depth + 1)] as const,
  );
  return (scope) => Object.fromEntries(members.map(([key, part]) => [key, part(scope)]));
}

function compileText(text: string, path: string, found: Found): Bind {
  if (!text.includes('${')) return () => text;
  const parts = splitText(text, path).map((part) => {
    if (typeof part === 'string') return part;
    const expression = compileExpression(part.expression, path);
    found.expressions++;
    for (const id of expression.references.nodes) found.nodes.add(id);
    return expression;
  });
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return (scope) => only.evaluate(scope);
  return (scope) => parts.map((part) => (typeof part === 'string' ? part : asText(part, scope, path))).join('');
}

function asText(expression: CompiledExpression, scope: Scope, path: string): string {
  const value = expression.evaluate(scope);
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) {
    const message = `\${${expression.source}} is a typed array, which cannot be part of a text`;
    throw new HeddleError({
      code: 'BAD_EXPRESSION',
      message,
      path,
      hint: 'let it stand alone to pass the value itself',
      retryable: false,
    });
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Literal text and expressions, alternating as they come; no empty literal. */
export function splitText(text: string, path: string): readonly (string | { readonly expression: string })[] {
  const parts: (string | { readonly expression: string })[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('$${', at)) {
      literal += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = endOfExpression(text, at + 2);
      if (end < 0) {
        throw new HeddleError({
          code: 'BAD_EXPRESSION',
          message: `\${ at character ${at} is never closed`,
          path,
          hint: 'close it with }, or write $${ for the characters themselves',
        });
      }
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push({ expression: text.slice(at + 2, end).trim() });
      at = end + 1;
    } else {
      literal += text[at];
      at++;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** Index of the brace that closes the expression, past braces of maps and anything inside quotes; -1 if there is none. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") at = endOfString(text, at, char);
    else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
  }
  return -1;
}

function endOfString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}
