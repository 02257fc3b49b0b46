import type { TypedArray } from './value.ts';

/**
 * Writes deterministic CBOR (RFC 8949 §4.2.1) straight into one growing buffer: what journals and checkpoints are made of
 * (null, booleans, whole numbers, ASCII text, lists, plain objects) without an intermediate token for each. Whatever else
 * comes is handed to `encodeOther`, whose bytes are taken as they are, so that there is one definition of the format.
 */
export class CborWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  /** Where fractions are taken apart; there when the first comes. */
  #float8: DataView | null = null;
  /** Members of the objects written last, by their depth: neighbours in a list mostly have the same ones. */
  readonly #shapes: Shape[] = [];
  readonly #encodeOther: (value: unknown) => Uint8Array;

  constructor(encodeOther: (value: unknown) => Uint8Array) {
    this.#encodeOther = encodeOther;
  }

  /** A copy of what was written, from which on it writes anew. */
  take(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length);
    this.reset();
    return written;
  }

  /** As if nothing had been written; a large buffer is not kept. */
  reset(): void {
    this.#length = 0;
    if (this.#bytes.byteLength > keptBytesMax) this.#bytes = new Uint8Array(256);
  }

  /** @throws Error when it nests deeper than 1,024 levels, which a value that contains itself does */
  write(value: unknown, depth = 0): void {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
        return value >= 0 ? this.#head(0x00, value) : this.#head(0x20, -1 - value);
      }
      return Number.isFinite(value) && !Number.isInteger(value) ? this.#fraction(value) : this.#other(value);
    }
    if (value === null) return this.#byte(0xf6);
    if (typeof value === 'boolean') return this.#byte(value ? 0xf5 : 0xf4);
    if (typeof value !== 'object') return this.#other(value);
    if (depth > depthMax) throw new Error(`it nests deeper than ${depthMax} levels, or contains itself`);
    if (Array.isArray(value)) {
      this.#head(0x80, value.length);
      for (let index = 0; index < value.length; index++) this.write(value[index], depth + 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      const tag = tagOfTypedArray.get(prototype);
      return tag === undefined ? this.#other(value) : this.#typedArray(tag, value as TypedArray);
    }
    this.#object(value as Readonly<Record<string, unknown>>, depth);
  }

  #object(object: Readonly<Record<string, unknown>>, depth: number): void {
    const order = this.#ordered(object, depth);
    if (order === null) return this.#other(object);
    this.#head(0xa0, order.length);
    for (const key of order) {
      this.#text(key);
      this.write(object[key], depth + 1);
    }
  }

  /** By their encoded bytes: shorter first, then by code unit. Null when a key is not ASCII, where that would not be so. */
  #ordered(object: Readonly<Record<string, unknown>>, depth: number): readonly string[] | null {
    let keys: readonly string[] = Object.keys(object);
    for (let index = 0; index < keys.length; index++) {
      if (object[keys[index] as string] !== undefined) continue;
      keys = keys.filter((key) => object[key] !== undefined);
      break;
    }
    const last = this.#shapes[depth];
    if (last !== undefined && isSame(keys, last.keys)) return last.order;
    const order = keys.every(isAscii) ? keys.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)) : null;
    if (depth < shapesMax) this.#shapes[depth] = { keys, order };
    return order;
  }

  /** The shortest of 16, 32 and 64 bits that has the very number. */
  #fraction(value: number): void {
    const view = this.#float8 ?? new DataView(new ArrayBuffer(8));
    this.#float8 = view;
    if (Math.fround(value) !== value) {
      view.setFloat64(0, value);
      return this.#float(0xfb, view, 8);
    }
    view.setFloat32(0, value);
    const half = halfOf(view.getUint32(0));
    if (half < 0) return this.#float(0xfa, view, 4);
    view.setUint16(0, half);
    this.#float(0xf9, view, 2);
  }

  #float(first: number, view: DataView, size: number): void {
    this.#reserve(9);
    this.#bytes[this.#length++] = first;
    for (let at = 0; at < size; at++) this.#bytes[this.#length++] = view.getUint8(at);
  }

  /** @param tag 0: none */
  #typedArray(tag: number, array: TypedArray): void {
    const { byteLength } = array;
    if (tag !== 0) this.#head(0xc0, tag);
    this.#head(0x40, byteLength);
    this.#reserve(byteLength);
    this.#bytes.set(new Uint8Array(array.buffer, array.byteOffset, byteLength), this.#length);
    this.#length += byteLength;
  }

  #text(text: string): void {
    const { length } = text;
    const start = this.#length;
    this.#head(0x60, length);
    this.#reserve(length);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.#length = start;
        return this.#other(text);
      }
      this.#bytes[this.#length++] = code;
    }
  }

  /** The shortest head of a major type and its number, which is below 2^53. */
  #head(major: number, number: number): void {
    if (number < 24) return this.#byte(major | number);
    this.#reserve(9);
    if (number < 0x100) return this.#tail(major | 24, number, 1);
    if (number < 0x10000) return this.#tail(major | 25, number, 2);
    if (number < 0x100000000) return this.#tail(major | 26, number, 4);
    this.#tail(major | 27, Math.floor(number / 0x100000000), 4);
    for (let shift = 24; shift >= 0; shift -= 8) this.#bytes[this.#length++] = (number % 0x100000000) >>> shift;
  }

  #tail(first: number, number: number, size: number): void {
    this.#bytes[this.#length++] = first;
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) this.#bytes[this.#length++] = number >>> shift;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #other(value: unknown): void {
    const bytes = this.#encodeOther(value);
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

const depthMax = 1024;
const shapesMax = 16;
const keptBytesMax = 2 ** 18;

interface Shape {
  readonly keys: readonly string[];
  /** Null when a key is not ASCII. */
  readonly order: readonly string[] | null;
}

/** The same number in 16 bits; -1 when they do not hold it. @param bits of a finite single, not zero */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent > 15 || exponent < -24) return -1;
  if (exponent >= -14) return (fraction & 0x1fff) === 0 ? sign | ((exponent + 15) << 10) | (fraction >>> 13) : -1;
  // Of those below the normal ones only powers of 2, as bytes have been written from the first.
  return fraction === 0 ? sign | (1 << (exponent + 24)) : -1;
}

/** Tags of RFC 8746 §2.1 for little-endian arrays, by the name of the constructor. */
export const typedArrayTags = {
  Uint8ClampedArray: 68,
  Uint16Array: 69,
  Uint32Array: 70,
  Int8Array: 72,
  Int16Array: 77,
  Int32Array: 78,
  Float32Array: 85,
  Float64Array: 86,
} as const;

/** By their prototypes. Bytes are a plain byte string and have none, which is 0. */
const tagOfTypedArray: ReadonlyMap<unknown, number> = new Map([
  [Uint8Array.prototype, 0],
  [Uint8ClampedArray.prototype, typedArrayTags.Uint8ClampedArray],
  [Uint16Array.prototype, typedArrayTags.Uint16Array],
  [Uint32Array.prototype, typedArrayTags.Uint32Array],
  [Int8Array.prototype, typedArrayTags.Int8Array],
  [Int16Array.prototype, typedArrayTags.Int16Array],
  [Int32Array.prototype, typedArrayTags.Int32Array],
  [Float32Array.prototype, typedArrayTags.Float32Array],
  [Float64Array.prototype, typedArrayTags.Float64Array],
] as readonly (readonly [unknown, number])[]);

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
