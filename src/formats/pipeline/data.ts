import type { Value } from '../../program/value.ts';

export type Data = { readonly [key: string]: Value };

export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The part of a value that a dotted path leads to; `length` of a list or text; undefined when there is none. */
export function partAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  let part = value;
  for (const key of path) {
    if (Array.isArray(part)) part = /^\d+$/.test(key) ? part[Number(key)] : key === 'length' ? part.length : undefined;
    else if (typeof part === 'string' && key === 'length') part = part.length;
    else part = isData(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  }
  return part;
}

export const pathOf = (text: string): readonly string[] => text.split('.').map((key) => key.trim());

/** What the language counts as false: null, false, "", [] and {}. 0 is true. */
export function truthy(value: Value | undefined): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return isData(value) ? Object.keys(value).length > 0 : true;
}

/** JSON of two blanks with sorted keys. */
export function prettyJson(value: unknown): string {
  const sorted = (part: unknown): unknown =>
    Array.isArray(part)
      ? part.map(sorted)
      : isData(part)
        ? Object.fromEntries(
            Object.entries(part)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, member]) => [key, sorted(member)]),
          )
        : part;
  return JSON.stringify(sorted(value), null, 2) ?? 'null';
}

export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || (a ?? null) === (b ?? null) || prettyJson(a ?? null) === prettyJson(b ?? null);
}

export function numberIn(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}
