/** Reads the first value of some bytes. @returns it, and how many bytes come after it */
export type ReadOther = (bytes: Uint8Array) => readonly [value: unknown, rest: number];

/**
 * Reads deterministic CBOR (RFC 8949 §4.2.1) as journals and checkpoints are made of it, without an intermediate token for each item.
 * Whatever else comes (tags, text that is not ASCII, keys out of order, heads that are longer than they need be, what is cut off) is
 * left to `readOther` from where it begins, so that there is one definition of what is accepted.
 */
export class CborReader {
  readonly #bytes: Uint8Array;
  readonly #readOther: ReadOther;
  #at = 0;
  /** Short texts by a hash of their bytes: names of members and of events come again and again. */
  readonly #texts: (string | undefined)[] = new Array(textsKept);
  #float8: DataView | null = null;

  constructor(bytes: Uint8Array, readOther: ReadOther) {
    // A subclass may share its memory with what is cut out of it, as Node's does.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#readOther = readOther;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  read(depth = 0): unknown {
    const start = this.#at;
    const first = this.#bytes[start] ?? 0xff;
    switch (first >> 5) {
      case 0: {
        const number = this.#head(first);
        return number < 0 ? this.#other(start) : number;
      }
      case 1: {
        const number = this.#head(first);
        return number < 0 || number === Number.MAX_SAFE_INTEGER ? this.#other(start) : -1 - number;
      }
      case 2:
        return this.#byteString(start, first);
      case 3:
        return this.#text(first) ?? this.#other(start);
      case 4:
        return this.#list(start, first, depth);
      case 5:
        return this.#object(start, first, depth);
      case 7:
        return this.#simple(start, first);
      default:
        return this.#other(start);
    }
  }

  /** The number of a head; -1 when it is none of the shortest form. */
  #head(first: number): number {
    const minor = first & 31;
    const at = this.#at;
    const bytes = this.#bytes;
    if (minor < 24) {
      this.#at = at + 1;
      return minor;
    }
    if (minor > 27) return -1;
    const size = 1 << (minor - 24);
    if (at + size >= bytes.length) return -1;
    let number = 0;
    for (let index = 1; index <= size; index++) number = number * 256 + (bytes[at + index] as number);
    if (number < (leastOfSize[minor - 24] as number) || number > Number.MAX_SAFE_INTEGER) return -1;
    this.#at = at + 1 + size;
    return number;
  }

  #simple(start: number, first: number): unknown {
    this.#at = start + 1;
    if (first === 0xf4) return false;
    if (first === 0xf5) return true;
    if (first === 0xf6) return null;
    if (first === 0xf9) return this.#float16(start);
    const size = first === 0xfb ? 8 : first === 0xfa ? 4 : 0;
    if (size === 0 || start + size >= this.#bytes.length) return this.#other(start);
    const view = this.#float8 ?? new DataView(new ArrayBuffer(8));
    this.#float8 = view;
    for (let index = 0; index < size; index++) view.setUint8(index, this.#bytes[start + 1 + index] as number);
    const number = size === 8 ? view.getFloat64(0) : view.getFloat32(0);
    if (!Number.isFinite(number)) return this.#other(start);
    this.#at = start + 1 + size;
    return number;
  }

  /** Sign, 5 bits of the exponent, 10 of the fraction. */
  #float16(start: number): unknown {
    if (start + 2 >= this.#bytes.length) return this.#other(start);
    const [high, low] = [this.#bytes[start + 1] as number, this.#bytes[start + 2] as number];
    const exponent = (high >> 2) & 31;
    if (exponent === 31) return this.#other(start);
    const fraction = ((high & 3) << 8) | low;
    const number = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    this.#at = start + 3;
    return high > 127 ? -number : number;
  }

  #byteString(start: number, first: number): unknown {
    const length = this.#head(first);
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) return this.#other(start);
    const bytes = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** Undefined when it is not ASCII, or not whole. */
  #text(first: number): string | undefined {
    const length = this.#head(first);
    const [at, bytes] = [this.#at, this.#bytes];
    const end = at + length;
    if (length < 0 || end > bytes.length) return undefined;
    let hash = length;
    for (let index = at; index < end; index++) {
      const code = bytes[index] as number;
      if (code > 0x7f) return undefined;
      hash = (hash * 31 + code) | 0;
    }
    this.#at = end;
    if (length > textMax) return this.#written(at, end);
    const slot = (hash ^ (hash >>> 15)) & (textsKept - 1);
    const known = this.#texts[slot];
    if (known !== undefined && this.#isText(known, at, length)) return known;
    const text = this.#written(at, end);
    this.#texts[slot] = text;
    return text;
  }

  #isText(text: string, at: number, length: number): boolean {
    if (text.length !== length) return false;
    for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== this.#bytes[at + index]) return false;
    return true;
  }

  #written(at: number, end: number): string {
    let text = '';
    for (let from = at; from < end; from += textAtOnce)
      text += String.fromCharCode.apply(null, this.#bytes.subarray(from, Math.min(end, from + textAtOnce)) as never);
    return text;
  }

  #list(start: number, first: number, depth: number): unknown {
    const length = this.#head(first);
    if (length < 0 || depth > depthMax) return this.#other(start);
    const list: unknown[] = [];
    for (let index = 0; index < length; index++) list.push(this.read(depth + 1));
    return list;
  }

  #object(start: number, first: number, depth: number): unknown {
    const length = this.#head(first);
    if (length < 0 || depth > depthMax) return this.#other(start);
    const object: Record<string, unknown> = {};
    let before = '';
    for (let index = 0; index < length; index++) {
      const head = this.#bytes[this.#at] ?? 0xff;
      const key = head >> 5 === 3 ? this.#text(head) : undefined;
      // In order there are none twice.
      if (key === undefined || key === '__proto__' || (index > 0 && !comesAfter(key, before)))
        return this.#other(start);
      before = key;
      object[key] = this.read(depth + 1);
    }
    return object;
  }

  #other(start: number): unknown {
    const [value, rest] = this.#readOther(this.#bytes.subarray(start));
    this.#at = this.#bytes.length - rest;
    return value;
  }
}

const textsKept = 1024;
const textMax = 32;
const textAtOnce = 4096;
/** Below what others do for certain, so that what nests deeper is theirs to refuse. */
const depthMax = 256;
/** The least number that needs 1, 2, 4 and 8 bytes after its head. */
const leastOfSize: readonly number[] = [24, 0x100, 0x10000, 0x100000000];

/** By their encoded bytes: the longer one, or else by code unit. */
function comesAfter(key: string, before: string): boolean {
  return key.length === before.length ? key > before : key.length > before.length;
}
