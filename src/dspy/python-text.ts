import type { Value } from '../program/value.ts';

/**
 * Values as Python writes them, because prompts are compared character for character with DSPy's: `json.dumps` with its
 * blanks, `str` and `repr`. One thing cannot be known here: JavaScript has no `1.0`, so a whole float is written `1`.
 */

/** `json.dumps(value, ensure_ascii=False)`, or with `indent=2`. */
export function pythonJson(value: Value, indent?: number): string {
  return write(value, indent, '');
}

function write(value: Value, indent: number | undefined, margin: string): string {
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const inner = indent === undefined ? '' : `${margin}${' '.repeat(indent)}`;
  const parts = isList
    ? Array.from(value as readonly Value[], (item) => write(item, indent, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}: ${write(member as Value, indent, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(', ') + close;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${margin}${close}`;
}

/** `str(value)`: text as it is, everything else as {@link pythonRepr}. */
export function pythonStr(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)`. */
export function pythonRepr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array, pythonNumber).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${quoted(key)}: ${pythonRepr(member)}`)
    .join(', ')}}`;
}

/** Python's shortest spelling: exponents below 1e-4 and from 1e16 on, two digits of exponent at least. */
function pythonNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}

/** A text of a `Literal[...]` as DSPy quotes it: single quotes unless there are only single ones inside. */
export function literalQuoted(text: string): string {
  if (text.includes("'") && !text.includes('"')) return `"${text}"`;
  return `'${text.includes('"') ? text.replaceAll("'", "\\'") : text}'`;
}

/** `str.splitlines()`: a line end at the very end makes no empty line. */
export function splitLines(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines at these too
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** `textwrap.dedent`: takes the blanks off that all lines with text begin with. */
export function dedent(text: string): string {
  const lines = text.split('\n').map((line) => (/^[ \t]+$/.test(line) ? '' : line));
  const margins = lines.filter((line) => line !== '').map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const [first = '', ...others] = margins;
  let common = first;
  for (const margin of others) {
    while (!margin.startsWith(common)) common = common.slice(0, -1);
  }
  return lines.map((line) => (line === '' ? '' : line.slice(common.length))).join('\n');
}
