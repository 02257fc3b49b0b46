import { HeddleError } from '../../errors.ts';
import type { TypedArray, Value } from '../../program/value.ts';

/** How deep a value may nest; beyond it, encoding and cloning would overflow the stack. */
export const valueDepthMax = 512;

/**
 * Checks that something is a {@link Value} and estimates its encoded size, in one walk and without encoding it. The
 * estimate only decides between inline and artifact, so it need not be exact: strings count 1 byte a UTF-16 unit.
 *
 * @throws BAD_OUTPUT with the path of what is not a value (a function, a date, a class instance, a cycle, NaN)
 */
export function estimateBytes(value: unknown): number {
  return estimate(value, '', 0);
}

function estimate(value: unknown, path: string, depth: number): number {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw notAValue(path, 'a string with half a surrogate pair');
      return value.length + 3;
    case 'number':
      if (!Number.isFinite(value)) throw notAValue(path, String(value));
      return 9;
    case 'boolean':
      return 1;
    case 'object':
      return value === null ? 1 : estimateObject(value, path, depth);
    default:
      throw notAValue(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function estimateObject(value: object, path: string, depth: number): number {
  if (isTypedArray(value)) return value.byteLength + 12;
  // A cycle is just as endless as a value that is too deep, and is caught by the same limit.
  if (depth >= valueDepthMax)
    throw notAValue(path.slice(0, 80), `nested deeper than ${valueDepthMax} (or it contains itself)`);
  let bytes = 3;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) bytes += estimate(value[index], `${path}[${index}]`, depth + 1);
    return bytes;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw notAValue(path, `an instance of ${prototype?.constructor?.name ?? 'a class'}`);
  }
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined)
      bytes += key.length + 2 + estimate(member, path === '' ? key : `${path}.${key}`, depth + 1);
  }
  return bytes;
}

/** DataView and the 64-bit integer arrays are not part of {@link Value}. */
function isTypedArray(value: object): value is TypedArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/** Narrowing helper for what already went through {@link estimateBytes}. */
export function asValue(checked: unknown): Value {
  return checked as Value;
}

function notAValue(path: string, what: string): HeddleError {
  return new HeddleError({
    code: 'BAD_OUTPUT',
    message: `${path === '' ? 'the value' : path} is ${what}, which cannot be stored`,
    ...(path !== '' && { path }),
    hint: 'return JSON values, bytes or typed arrays',
    retryable: false,
  });
}
