import { parseDocument as parseYaml } from 'yaml';
import { type ErrorData, HeddleError } from '../errors.ts';
import { limits } from './limits.ts';

/**
 * Reads the text of a program file, JSON or YAML 1.2, whichever it is. JSON is tried first when the text looks like it;
 * it may still be YAML, of which JSON is nearly a part.
 *
 * @param textBytesMax for files of other formats, which may be larger than a program
 * @returns data; what it means is for validate.ts to say
 * @throws BAD_SYNTAX with line and column, LIMIT_EXCEEDED, DUPLICATE_ID for a key that stands twice in one map
 */
export function parseDocument(text: string, textBytesMax: number = limits.textBytesMax): unknown {
  if (text.length > textBytesMax) throw tooLarge(text.length, textBytesMax);
  return looksLikeJson(text) ? readJson(text) : readYaml(shallow(text));
}

function readJson(text: string): unknown {
  const { depth, members } = shapeOf(text);
  if (depth > limits.depthMax) shallow(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return readYaml(shallow(text), thrown as Error);
  }
  // A key that stands twice is one member of the value, but two of the text.
  const duplicate = members === membersOf(value) ? null : duplicateKey(text);
  if (duplicate !== null) throw duplicateError(duplicate);
  return value;
}

/** @throws LIMIT_EXCEEDED when it nests too deep */
function shallow(text: string): string {
  const depth = nesting(text);
  if (depth > limits.depthMax) throw tooDeep(depth);
  return text;
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** How deep a text nests if it is valid JSON, and the members that it writes down then: each has a colon outside quotes. */
function shapeOf(json: string): { readonly depth: number; readonly members: number } {
  let [depth, deepest, members] = [0, 0, 0];
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === char.quote) at = endOfText(json, at);
    else if (code === char.colon) members++;
    else if (code === char.brace || code === char.bracket) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === char.braceEnd || code === char.bracketEnd) depth--;
  }
  return { depth: deepest, members };
}

/** Where the quote is that ends what begins with one. */
function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === char.quote) return at;
    if (code === char.backslash) at++;
  }
  return json.length;
}

const char = {
  newline: 0x0a,
  quote: 0x22,
  apostrophe: 0x27,
  colon: 0x3a,
  bracket: 0x5b,
  backslash: 0x5c,
  bracketEnd: 0x5d,
  brace: 0x7b,
  braceEnd: 0x7d,
} as const;

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts: readonly unknown[] = Object.values(value);
  let members = Array.isArray(value) ? 0 : parts.length;
  for (let index = 0; index < parts.length; index++) members += membersOf(parts[index]);
  return members;
}

function readYaml(text: string, jsonError?: Error): unknown {
  let document: ReturnType<typeof parseYaml>;
  try {
    document = parseYaml(text, { uniqueKeys: true, stringKeys: true, prettyErrors: true });
  } catch (thrown) {
    // The parser recurses; nesting() sees flow collections, not indentation.
    if (thrown instanceof RangeError) throw tooDeep(Number.POSITIVE_INFINITY);
    throw thrown;
  }
  const [first] = document.errors;
  if (first !== undefined) {
    const errors = document.errors.map(({ code, message, linePos }): ErrorData => {
      const [start] = linePos ?? [];
      const told = message.split('\n')[0] ?? message;
      const isDuplicate = code === 'DUPLICATE_KEY';
      return {
        code: isDuplicate ? 'DUPLICATE_ID' : 'BAD_SYNTAX',
        message: isDuplicate
          ? `${told}: every key may stand once only`
          : jsonError === undefined
            ? told
            : `${jsonError.message}`,
        ...(start !== undefined && { path: `line ${start.line}, column ${start.col}` }),
        ...(isDuplicate && { hint: 'rename one of the two' }),
      };
    });
    throw new HeddleError(errors[0] as ErrorData, errors);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooDeep(Number.POSITIVE_INFINITY);
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `the YAML cannot be expanded: ${(thrown as Error).message}`,
      hint: 'use fewer aliases',
    });
  }
}

/** How deep brackets and braces nest outside quotes, counted without recursion; a cheap upper bound for block YAML too. */
function nesting(text: string): number {
  let [depth, deepest] = [0, 0];
  let quote = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quote !== 0) {
      if (code === char.backslash && quote === char.quote) at++;
      else if (code === quote || code === char.newline) quote = 0;
    } else if (code === char.quote || code === char.apostrophe) quote = code;
    else if (code === char.brace || code === char.bracket) deepest = Math.max(deepest, ++depth);
    else if (code === char.braceEnd || code === char.bracketEnd) depth--;
  }
  return deepest;
}

/** The first key that stands twice in one object of valid JSON, found in one pass; JSON.parse silently keeps the last. */
function duplicateKey(text: string): { readonly key: string; readonly at: number } | null {
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '{') open.push(new Set());
    else if (found === '[') open.push(null);
    else if (found === '}' || found === ']') open.pop();
    else if (/^\s*:/.test(text.slice(token.lastIndex, token.lastIndex + 64))) {
      const keys = open.at(-1);
      const key = JSON.parse(found) as string;
      if (keys?.has(key)) return { key, at: match.index };
      keys?.add(key);
    }
  }
  return null;
}

function duplicateError({ key, at }: { readonly key: string; readonly at: number }): HeddleError {
  return new HeddleError({
    code: 'DUPLICATE_ID',
    message: `the key ${JSON.stringify(key)} stands twice in one object`,
    path: `character ${at}`,
    hint: 'rename one of the two',
    details: { key },
  });
}

function tooDeep(depth: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the document nests ${Number.isFinite(depth) ? depth : 'too'} deep, ${limits.depthMax} levels are allowed`,
    path: '$',
    details: { limit: limits.depthMax, ...(Number.isFinite(depth) && { actual: depth }) },
  });
}

function tooLarge(bytes: number, limit: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the document has ${bytes} characters, ${limit} are allowed`,
    path: '$',
    details: { limit, actual: bytes },
  });
}
