import { HeddleError } from '../errors.ts';
import { type FieldType, str } from './field-type.ts';
import { type NamedTypes, parseType } from './type-grammar.ts';

export interface ParsedField {
  readonly name: string;
  readonly type: FieldType;
}

/**
 * Reads `question: str, n: int -> answer: str, scores: list[float]`: exactly one arrow, on each side names with types,
 * `str` where there is none, a name only once.
 *
 * @throws BAD_SYNTAX
 */
export function parseSignature(
  source: string,
  names: NamedTypes = {},
): { readonly inputs: readonly ParsedField[]; readonly outputs: readonly ParsedField[] } {
  const sides = splitOutside(source, '->');
  if (sides.length !== 2) {
    refuse(source, `has ${sides.length - 1} arrows, not one`, 'write inputs -> outputs, such as "question -> answer"');
  }
  const [inputs = [], outputs = []] = sides.map((side) => fieldsOf(side, names, source));
  if (outputs.length === 0) refuse(source, 'has no output', 'name at least one field after ->');
  const seen = new Set<string>();
  for (const { name } of [...inputs, ...outputs]) {
    if (seen.has(name)) refuse(source, `has the field ${name} twice`, 'give each field a name of its own');
    seen.add(name);
  }
  return { inputs, outputs };
}

function fieldsOf(side: string, names: NamedTypes, whole: string): readonly ParsedField[] {
  const parts = splitOutside(side, ',');
  if (parts.at(-1)?.trim() === '') parts.pop();
  return parts.map((part) => {
    const [, name, type] = /^\s*([A-Za-z_]\w*)\s*(?::([\s\S]*))?$/.exec(part) ?? [];
    if (name === undefined)
      refuse(
        whole,
        `has ${JSON.stringify(part.trim())} where a field should be`,
        'write a field as name or name: type',
      );
    return { name, type: type === undefined ? str : parseType(type.trim(), names, whole) };
  });
}

/** Splits at a separator that stands outside brackets and quotes. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"' || char === "'") at = endOfQuote(text, at, char);
    else if (char === '[' || char === '(') depth++;
    else if (char === ']' || char === ')') depth--;
    else if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      at += separator.length - 1;
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function endOfQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function refuse(source: string, what: string, hint: string): never {
  throw new HeddleError({ code: 'BAD_SYNTAX', message: `the signature ${JSON.stringify(source)} ${what}`, hint });
}
