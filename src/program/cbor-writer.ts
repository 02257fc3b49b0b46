/**
 * Writes deterministic CBOR (RFC 8949 §4.2.1) straight into one growing buffer: what journals and checkpoints are made of
 * (null, booleans, whole numbers, ASCII text, lists, plain objects) without an intermediate token for each. Whatever else
 * comes is handed to `encodeOther`, whose bytes are taken as they are, so that there is one definition of the format.
 */
export class CborWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  /** Members of the object written last: neighbours in a list mostly have the same ones. */
  #keys: readonly string[] = [];
  #order: readonly string[] | null = [];
  readonly #encodeOther: (value: unknown) => Uint8Array;

  constructor(encodeOther: (value: unknown) => Uint8Array) {
    this.#encodeOther = encodeOther;
  }

  /** A copy of what was written. */
  get written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** @throws Error when it nests deeper than 1,024 levels, which a value that contains itself does */
  write(value: unknown, depth = 0): void {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
        return value >= 0 ? this.#head(0x00, value) : this.#head(0x20, -1 - value);
      }
      return this.#other(value);
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
    if (prototype !== Object.prototype && prototype !== null) return this.#other(value);
    this.#object(value as Readonly<Record<string, unknown>>, depth);
  }

  #object(object: Readonly<Record<string, unknown>>, depth: number): void {
    const keys = Object.keys(object).filter((key) => object[key] !== undefined);
    const order = this.#ordered(keys);
    if (order === null) return this.#other(object);
    this.#head(0xa0, order.length);
    for (const key of order) {
      this.#text(key);
      this.write(object[key], depth + 1);
    }
  }

  /** By their encoded bytes: shorter first, then by code unit. Null when a key is not ASCII, where that would not be so. */
  #ordered(keys: readonly string[]): readonly string[] | null {
    const known = this.#keys;
    if (keys.length === known.length && keys.every((key, index) => key === known[index])) return this.#order;
    this.#keys = keys;
    this.#order = keys.every(isAscii) ? keys.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)) : null;
    return this.#order;
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

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
