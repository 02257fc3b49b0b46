import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { ErrorData } from '../errors.ts';
import type { JsonSchema } from './program.ts';
import type { Value } from './value.ts';

/**
 * Checks a value against a JSON Schema (2020-12), by interpretation: Workers forbid the code generation other validators
 * need. Typed arrays count as arrays of numbers by their length only (`type: array`); their elements are not walked.
 *
 * @returns BAD_SCHEMA for each mismatch, deepest first, with the path into the value
 */
export function checkAgainstSchema(schema: JsonSchema, value: Value): readonly ErrorData[] {
  const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(value);
  if (valid) return [];
  const leaves = errors.filter((error) => !structural.has(error.keyword));
  return (leaves.length > 0 ? leaves : errors).map(toErrorData);
}

/** Keywords that only say that something below them failed. */
const structural: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  'additionalProperties',
  'patternProperties',
]);

function toErrorData({ instanceLocation, keyword, error }: OutputUnit): ErrorData {
  const path = instanceLocation.replace(/^#\/?/, '').split('/').map(unescapePointer).join('.');
  return {
    code: 'BAD_SCHEMA',
    message: path === '' ? error : `${path}: ${error}`,
    ...(path !== '' && { path }),
    details: { keyword },
  };
}

/** RFC 6901, URI fragment form. */
function unescapePointer(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return token;
  }
}
