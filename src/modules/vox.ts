import { HeddleError } from '../errors.ts';
import type { Value } from '../program/value.ts';
import type { Plane } from './image.ts';

/** Function of a workplan as a value: what `map`, `for_loop` and `filter` get. `body` is program text in call form. */
export interface Closure {
  readonly closure: {
    readonly parameter: string;
    readonly body: string;
    readonly captures: { readonly [name: string]: Value };
    readonly functions: { readonly [name: string]: CapturedFunction };
  };
}

/** A named function that a closure calls, with what it captures itself. */
export interface CapturedFunction {
  readonly parameters: readonly string[];
  readonly body: string;
  readonly captures: { readonly [name: string]: Value };
  readonly functions: { readonly [name: string]: CapturedFunction };
}

/** What a primitive is called with, besides its arguments. */
export interface Call {
  /** Full name, such as `default.fold`, for errors. */
  readonly operator: string;
  readonly attrs: { readonly [key: string]: Value };
  apply(closure: Closure, value: Value): Value;
}

/** A primitive of VoxLogicA-2. Pure: the same arguments give the same value, which is what makes results shareable. */
export type Primitive = (args: readonly Value[], call: Call) => Value;
export type Primitives = { readonly [operator: string]: Primitive };

/** @returns BAD_INPUT that names the primitive; the same call would fail again, so it is not retried */
export function bad(call: Pick<Call, 'operator'>, message: string): HeddleError {
  return new HeddleError({ code: 'BAD_INPUT', message: `${call.operator}: ${message}`, retryable: false });
}

export function numberOf(value: Value | undefined, call: Call): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return Number(value);
  throw bad(call, `${kindOf(value)} is not a number`);
}

/** A whole number, also as a float or a text of digits. */
export function wholeOf(value: Value | undefined, call: Call): number {
  const number = numberOf(value, call);
  if (!Number.isInteger(number)) throw bad(call, `${number} is not a whole number`);
  return number;
}

export function listOf(value: Value | undefined, call: Call): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw bad(call, `${kindOf(value)} is not a sequence`);
}

export function closureOf(value: Value | undefined, call: Call): Closure {
  if (isClosure(value)) return value;
  throw bad(call, `${kindOf(value)} is not a function`);
}

export function imageOf(value: Value | undefined, call: Call): Plane {
  if (isImage(value)) return value;
  throw bad(call, `${kindOf(value)} is not an image`);
}

export function isClosure(value: Value | undefined): value is Value & Closure {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'closure' in value;
}

/** A 2D image: `{ width, height, pixels }`, row by row from the top left. */
export function isImage(value: Value | undefined): value is Value & Plane {
  if (typeof value !== 'object' || value === null || !('pixels' in value) || !ArrayBuffer.isView(value.pixels))
    return false;
  const { width, height } = value as unknown as Plane;
  return typeof width === 'number' && width * height === (value.pixels as unknown as Float32Array).length;
}

/** Truth as Python has it: 0, "", [] and null are false. */
export function truthy(value: Value | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function kindOf(value: Value | undefined): string {
  if (value === undefined) return 'a missing argument';
  if (Array.isArray(value)) return 'a sequence';
  if (isClosure(value)) return 'a function';
  if (isImage(value)) return 'an image';
  return typeof value === 'object' ? (value === null ? 'null' : 'an object') : JSON.stringify(value);
}
