import { HeddleError } from '../../errors.ts';
import type { TypedArray, Value } from '../../program/value.ts';

/** How deep a value may nest; beyond it, encoding and cloning would overflow the stack. */
const valueDepthMax = 512;

/**
 * Checks that something is a {@link Value} and estimates its encoded size, in one walk and without encoding it. The
 * estimate only decides between inline and artifact, so it need not be exact: strings count 1 byte a UTF-16 unit.
 *
 * @throws BAD_OUTPUT with the path of what is not a value (a function, a date, a class instance, a cycle, NaN)
 */
export function estimateBytes(value: unknown): number {
  return estimate(value, null, 0);
}

/** The way to a value; put into words only when something is wrong with it. */
interface Place {
  readonly above: Place | null;
  readonly key: string | number;
}

function estimate(value: unknown, above: Place | null, depth: number, key: string | number = ''): number {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw notAValue(pathOf(above, key, depth), 'a string with half a surrogate pair');
      return value.length + 3;
    case 'number':
      if (!Number.isFinite(value)) throw notAValue(pathOf(above, key, depth), String(value));
      return 9;
    case 'boolean':
      return 1;
    case 'object':
      return value === null ? 1 : estimateObject(value, above, depth, key);
    default:
      throw notAValue(pathOf(above, key, depth), value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function estimateObject(value: object, above: Place | null, depth: number, key: string | number): number {
  if (ArrayBuffer.isView(value) && isTypedArray(value)) return value.byteLength + 12;
  // A cycle is just as endless as a value that is too deep, and is caught by the same limit.
  if (depth >= valueDepthMax) {
    const path = pathOf(above, key, depth).slice(0, 80);
    throw notAValue(path, `nested deeper than ${valueDepthMax} (or it contains itself)`);
  }
  let bytes = 3;
  const here = depth === 0 ? null : { above, key };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) bytes += estimate(value[index], here, depth + 1, index);
    return bytes;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw notAValue(pathOf(above, key, depth), `an instance of ${prototype?.constructor?.name ?? 'a class'}`);
  }
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined) bytes += name.length + 2 + estimate(member, here, depth + 1, name);
  }
  return bytes;
}

/** @param depth 0: the value itself, which is nowhere */
function pathOf(above: Place | null, key: string | number, depth: number): string {
  if (depth === 0) return '';
  const keys = [key];
  for (let place = above; place !== null; place = place.above) keys.unshift(place.key);
  return keys.reduce<string>((path, each) => {
    if (typeof each === 'number') return `${path}[${each}]`;
    return path === '' ? each : `${path}.${each}`;
  }, '');
}

/** DataView and the 64-bit integer arrays are not part of {@link Value}. */
function isTypedArray(value: ArrayBufferView): value is TypedArray {
  return !(value instanceof DataView) && !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array);
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
