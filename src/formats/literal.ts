import type { Template } from '../program/program.ts';

/** A value as a template that gives that value: `${` in its texts is escaped. Members that are undefined are left out. */
export function literal(value: unknown): Template {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value as Template;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, literal(part)]),
  );
}

/** The output of a node as a template, whatever its id; `path` goes on into it, such as `.result`. */
export function outputOf(id: string, path = ''): string {
  return `\${nodes[${celText(id)}]${path}}`;
}

/** A text as a literal of an expression (CEL). */
function celText(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t]/g, (char) => ({ '\n': '\\n', '\r': '\\r' })[char] ?? '\\t')}"`;
}
