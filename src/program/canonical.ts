import {
  type DecodeOptions,
  decode as decodeCbor,
  decodeFirst,
  type EncodeOptions,
  encode as encodeCbor,
  rfc8949EncodeOptions,
  Token,
  Type,
} from 'cborg';
import { HeddleError } from '../errors.ts';
import { CborReader } from './cbor-reader.ts';
import { CborWriter, typedArrayTags } from './cbor-writer.ts';
import type { TypedArray, Value } from './value.ts';

/**
 * Deterministic CBOR (RFC 8949 §4.2.1: shortest forms, map keys in bytewise order) of values and of plain records made of
 * them. Typed arrays carry the tags of RFC 8746 for little-endian arrays; bytes are plain byte strings. Equal values give
 * equal bytes everywhere, which makes these bytes fit for digests.
 *
 * Members that are `undefined` are left out, as in JSON. A float without a fraction is an integer, but -0 stays -0.
 *
 * @throws BAD_OUTPUT for what is not a value (a function, a symbol, a date, a cycle, NaN outside a typed array)
 */
export function encode(value: Value): Uint8Array {
  return new Encoder().encode(value);
}

/** Encodes many values that are alike: what it has learnt of their members and the buffer it writes into stay from one to the next. */
export class Encoder {
  readonly #writer = new CborWriter((other) => encodeCbor(other, encodeOptions));

  /** As {@link encode}. @throws BAD_OUTPUT */
  encode(value: Value): Uint8Array {
    try {
      this.#writer.write(value);
      return this.#writer.take();
    } catch (thrown) {
      this.#writer.reset();
      throw new HeddleError({
        code: 'BAD_OUTPUT',
        message: `the value cannot be encoded: ${(thrown as Error).message}`,
        hint: 'use JSON values, bytes and typed arrays only',
        retryable: false,
      });
    }
  }
}

/** The value of such bytes; shares no memory with them. @throws CORRUPT */
export function decode(bytes: Uint8Array): Value {
  try {
    const reader = new CborReader(bytes, readOther);
    const value = reader.read();
    // What comes after the end is refused in the words of the library.
    return (reader.at === bytes.length ? value : decodeCbor(bytes, decodeOptions)) as Value;
  } catch (thrown) {
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the bytes are not what was encoded: ${(thrown as Error).message}`,
    });
  }
}

function readOther(bytes: Uint8Array): readonly [value: unknown, rest: number] {
  const [value, rest] = decodeFirst(bytes, decodeOptions);
  return [value, rest.byteLength];
}

const constructors = {
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;

type Tagged = keyof typeof typedArrayTags;
const taggedNames = Object.keys(typedArrayTags) as Tagged[];

function refuse(value: unknown): never {
  throw new Error(`${Object.prototype.toString.call(value)} is not a value`);
}

const encodeOptions: EncodeOptions = {
  ...rfc8949EncodeOptions,
  ignoreUndefinedProperties: true,
  typeEncoders: {
    ...Object.fromEntries(
      taggedNames.map((name) => [name, (array: TypedArray) => taggedBytes(typedArrayTags[name], array)]),
    ),
    number: (value: number) => {
      if (!Number.isFinite(value)) throw new Error(`${value} is not a value`);
      // cborg takes every whole number for an integer, and there is no negative zero among those.
      return Object.is(value, -0) ? [new Token(Type.float, -0)] : null;
    },
    Map: refuse,
    ArrayBuffer: refuse,
    DataView: refuse,
    BigInt64Array: refuse,
    BigUint64Array: refuse,
    bigint: refuse,
  },
};

function taggedBytes(tag: number, array: TypedArray): [Token, Token] {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return [new Token(Type.tag, tag), new Token(Type.bytes, bytes)];
}

const decodeOptions: DecodeOptions = {
  rejectDuplicateMapKeys: true,
  strict: true,
  allowBigInt: false,
  allowUndefined: false,
  tags: Object.fromEntries(
    taggedNames.map((name) => [
      typedArrayTags[name],
      (next: () => unknown) => {
        const bytes = next();
        if (!(bytes instanceof Uint8Array)) throw new Error(`tag ${typedArrayTags[name]} without bytes`);
        const Constructor = constructors[name];
        if (bytes.byteLength % Constructor.BYTES_PER_ELEMENT !== 0)
          throw new Error(`${bytes.byteLength} bytes do not make a ${name}`);
        // A copy, because the bytes begin anywhere and typed arrays need alignment.
        return new Constructor(bytes.slice().buffer);
      },
    ]),
  ),
};
