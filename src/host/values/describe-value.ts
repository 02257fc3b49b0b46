import type { Value } from '../../program/value.ts';

/** What a value is, for an error to say. Texts, lists and objects are not quoted: they may be nobody else's business. */
export function describeValue(value: Value | undefined): string {
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
