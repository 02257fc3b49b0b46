import type { Value } from '../program/value.ts';
import { bad, type Call, type Primitives } from './vox.ts';

/** Python's str() of a value. Whole numbers have no `.0`: plans do not tell the integers of `range` from floats. */
function pythonText(value: Value | undefined): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((part: Value) => quoted(part)).join(', ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const quoted = (value: Value): string => (typeof value === 'string' ? `'${value}'` : pythonText(value));

const widthMax = 10_000;

/** Python's str.format with positions and the common format specifications: fill, align, sign, 0, width, precision, d f e g % s x b o. */
function pythonFormat(template: string, args: readonly Value[], call: Call): string {
  let next = 0;
  return template.replace(/\{\{|\}\}|\{(\d*)(?::([^{}]*))?\}|[{}]/g, (found, position?: string, format = '') => {
    if (found === '{{' || found === '}}') return found[0] as string;
    if (position === undefined) throw bad(call, `a single ${found} stands in the template`);
    const at = position === '' ? next++ : Number(position);
    if (at >= args.length) throw bad(call, `the template wants argument ${at}, there are ${args.length}`);
    return formatOne(args[at] as Value, String(format), call);
  });
}

function formatOne(value: Value, format: string, call: Call): string {
  const parts = /^(?:(.)?([<>^=]))?([+ -])?(0)?(\d+)?(,)?(?:\.(\d+))?([dfFeEgGsxXbo%])?$/.exec(format);
  if (parts === null) throw bad(call, `the format ${JSON.stringify(format)} is not understood`);
  const [, fill, align, sign = '', zero, width = '0', , precision, type] = parts;
  if (Number(width) > widthMax || Number(precision ?? 0) > 100) throw bad(call, `the format ${format} is too wide`);
  const isNumber = typeof value === 'number' && type !== 's';
  const body = isNumber
    ? formatNumber(value, precision, type, call)
    : pythonText(value).slice(0, textLength(precision));
  if (!isNumber && type !== undefined && type !== 's') throw bad(call, `the format ${type} needs a number`);
  const signed = isNumber && value >= 0 && sign !== '-' ? sign + body : body;
  const missing = Math.max(0, Number(width) - [...signed].length);
  const padding = (fill ?? (zero === undefined ? ' ' : '0')).repeat(missing);
  const side = align ?? (zero !== undefined ? '=' : isNumber ? '>' : '<');
  if (side === '<') return signed + padding;
  if (side === '^') return padding.slice(0, missing >> 1) + signed + padding.slice(missing >> 1);
  const head = side === '=' ? (/^[+ -]/.exec(signed)?.[0] ?? '') : '';
  return head + padding + signed.slice(head.length);
}

const textLength = (precision: string | undefined): number | undefined =>
  precision === undefined ? undefined : Number(precision);

function formatNumber(value: number, precision: string | undefined, type: string | undefined, call: Call): string {
  const digits = Number(precision ?? 6);
  switch (type) {
    case 'd':
    case 'x':
    case 'X':
    case 'b':
    case 'o': {
      if (!Number.isInteger(value)) throw bad(call, `the format ${type} needs a whole number, not ${value}`);
      const text = value.toString({ d: 10, x: 16, X: 16, b: 2, o: 8 }[type]);
      return type === 'X' ? text.toUpperCase() : text;
    }
    case 'f':
    case 'F':
      return value.toFixed(digits);
    case 'e':
    case 'E':
      return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
    case '%':
      return `${(value * 100).toFixed(digits)}%`;
    default:
      return precision === undefined ? pythonText(value) : String(Number(value.toPrecision(Math.max(1, digits))));
  }
}

/** Namespace `strings`. */
export const stringPrimitives: Primitives = {
  'strings.concat': (args) => args.map(pythonText).join(''),
  'strings.equals': ([left, right]) => pythonText(left) === pythonText(right),
  'strings.format_string': ([template, ...args], call) => pythonFormat(pythonText(template), args, call),
  'strings.split': ([text, separator]) =>
    separator === undefined || separator === null
      ? pythonText(text).split(/\s+/).filter(Boolean)
      : pythonText(text).split(pythonText(separator)),
};
