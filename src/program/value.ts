/**
 * What may flow along an edge: JSON values, bytes and typed arrays. Everything else (functions, dates, class
 * instances, cyclic objects, lone surrogates, `undefined` inside an array) is refused with BAD_OUTPUT or BAD_INPUT.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | TypedArray
  | readonly Value[]
  | { readonly [key: string]: Value };

export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * What stands for a value inside the machine, the journal and checkpoints: the value itself when small, the digest of its
 * canonical bytes when large, or a list of such (the output of a forEach node, `null` where an item has none).
 */
export type ValueRef = { readonly value: Value } | { readonly digest: string; readonly byteLength: number } | ListRef;

export interface ListRef {
  readonly list: readonly (ValueRef | null)[];
  /** The parts are lists of so many items each (the last may have fewer), to be put together into one. */
  readonly batchSize?: number;
  /** Items in all, where there are batches. */
  readonly itemCount?: number;
}
