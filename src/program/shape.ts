import type { ErrorData } from '../errors.ts';
import { limits } from './limits.ts';
import { didYouMean } from './suggest.ts';

/** Reports what is wrong with a value at a path; silence means it is right. */
export type Shape = (value: unknown, path: string, report: Report) => void;
export type Report = (error: ErrorData) => void;

export function text(charsMax: number = limits.templateCharsMax): Shape {
  return (value, path, report) => {
    if (typeof value !== 'string') expected('a text', value, path, report);
    else if (value.length > charsMax) exceeded(`${value.length} characters`, charsMax, value.length, path, report);
    else if (!isWellFormed(value)) report({ code: 'BAD_SCHEMA', message: `${path} holds half a surrogate pair`, path });
  };
}

export function number({ min = 0, max = Number.MAX_SAFE_INTEGER, whole = true } = {}): Shape {
  return (value, path, report) => {
    const fits = typeof value === 'number' && Number.isFinite(value) && (!whole || Number.isInteger(value));
    if (!fits) expected(whole ? 'a whole number' : 'a number', value, path, report);
    else if (value > max && max < Number.MAX_SAFE_INTEGER) exceeded(String(value), max, value, path, report);
    else if (value < min || value > max) expected(`at least ${min}`, value, path, report);
  };
}

export const durationMs = number({ max: limits.durationMsMax, whole: false });

export const boolean: Shape = (value, path, report) => {
  if (typeof value !== 'boolean') expected('true or false', value, path, report);
};

export function word(...words: readonly string[]): Shape {
  return (value, path, report) => {
    if (typeof value === 'string' && words.includes(value)) return;
    const found = typeof value === 'string' ? didYouMean(value, words) : {};
    report({
      code: 'BAD_SCHEMA',
      message: `${path} is ${show(value)}, it should be one of: ${words.join(', ')}`,
      path,
      ...found,
    });
  };
}

export function list(item: Shape): Shape {
  return (value, path, report) => {
    if (!Array.isArray(value)) return expected('a list', value, path, report);
    // By index, because a hole in an array is not visited by forEach.
    for (let index = 0; index < value.length; index++) item(value[index], `${path}[${index}]`, report);
  };
}

export function map(member: Shape): Shape {
  return (value, path, report) => {
    if (!isRecord(value)) return expected('an object', value, path, report);
    for (const [key, part] of Object.entries(value)) member(part, `${path}.${key}`, report);
  };
}

/** An object with these keys and no others. */
export function record(members: { readonly [key: string]: Shape }, required: readonly string[] = []): Shape {
  const known = Object.keys(members);
  return (value, path, report) => {
    if (!isRecord(value)) return expected('an object', value, path, report);
    for (const key of required) {
      if (value[key] === undefined)
        report({ code: 'BAD_SCHEMA', message: `${join(path, key)} is missing`, path: join(path, key) });
    }
    for (const [key, part] of Object.entries(value)) {
      const member = Object.hasOwn(members, key) ? members[key] : undefined;
      const at = join(path, key);
      if (member === undefined) {
        report({
          code: 'BAD_SCHEMA',
          message: `${at} is not a known key`,
          path: at,
          hint: `keys here are: ${known.join(', ')}`,
          ...didYouMean(key, known),
        });
      } else if (part !== undefined) member(part, at, report);
    }
  };
}

/** The first alternative whose kind of value it is; none: `otherwise` says what it should be. */
export function either(
  otherwise: string,
  ...alternatives: readonly (readonly [(value: unknown) => boolean, Shape])[]
): Shape {
  return (value, path, report) => {
    const alternative = alternatives.find(([matches]) => matches(value));
    if (alternative === undefined) expected(otherwise, value, path, report);
    else alternative[1](value, path, report);
  };
}

/** Any JSON value within the depth limit. A cycle is as deep as can be, so the same limit catches it. */
export const json: Shape = (value, path, report) => checkJson(value, path, report, 0);

function checkJson(value: unknown, path: string, report: Report, depth: number): void {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') return text()(value, path, report);
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : expected('a JSON number', value, path, report);
  if (typeof value !== 'object' || !(Array.isArray(value) || isRecord(value)))
    return expected('a JSON value', value, path, report);
  if (depth >= limits.depthMax) return exceeded('nesting', limits.depthMax, depth + 1, path.slice(0, 200), report);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkJson(value[index], `${path}[${index}]`, report, depth + 1);
  } else
    for (const [key, part] of Object.entries(value))
      if (part !== undefined) checkJson(part, `${path}.${key}`, report, depth + 1);
}

/** A plain object: not an array, a date, a class instance or a typed array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function expected(what: string, value: unknown, path: string, report: Report): void {
  report({ code: 'BAD_SCHEMA', message: `${path} is ${show(value)}, it should be ${what}`, path });
}

export function exceeded(what: string, limit: number, actual: number, path: string, report: Report): void {
  report({
    code: 'LIMIT_EXCEEDED',
    message: `${path} has ${what}, the limit is ${limit}`,
    path,
    details: { limit, actual },
  });
}

/** Lone surrogates cannot be encoded as UTF-8, so they could not be stored unchanged. */
export function isWellFormed(value: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (value === undefined) return 'missing';
  if (typeof value === 'object' && value !== null) return isRecord(value) ? 'an object' : 'an instance of a class';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

const join = (path: string, key: string): string => (path === '$' ? key : `${path}.${key}`);
