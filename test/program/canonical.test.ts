import { encode as encodeCbor, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../../src/program/canonical.ts';
import { programDigest, sha256Hex } from '../../src/program/digest.ts';
import type { Value } from '../../src/program/value.ts';

const arrays = fc.oneof(
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Value>(null, true, false, 0, -0, 1e300, 2 ** 53, -1, 0.1),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    arrays,
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ) as fc.Arbitrary<Value>,
}));

test('what is encoded comes back, to the last bit, and encodes to the same bytes again', () => {
  fc.assert(
    fc.property(value, (original) => {
      const bytes = encode(original);
      const back = decode(bytes);
      expect(back).toEqual(original);
      expect(encode(back)).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

test('the bytes are those of cborg, whatever the value', () => {
  const plain = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    // What 16 bits hold and what they just do not.
    fc.tuple(fc.integer({ min: -2100, max: 2100 }), fc.integer({ min: -30, max: 8 })).map(([m, e]) => m * 2 ** e),
    fc.array(fc.constantFrom({ long: 1, a: 2 }, { a: 'x'.repeat(300), long: undefined }, { ü: 1, uu: 2, u: 3 })),
  );
  fc.assert(
    fc.property(plain, (of) => {
      // -0 is the one thing we write otherwise than cborg does.
      if (JSON.stringify(of) !== undefined && hasNegativeZero(of)) return;
      const expected = encodeCbor(of, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true });
      expect(encode(of as unknown as Value)).toEqual(new Uint8Array(expected));
    }),
    { numRuns: 3000 },
  );
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  expect(() => encode(cycle as Value)).toThrow(expect.objectContaining({ code: 'BAD_OUTPUT' }));
});

function hasNegativeZero(of: unknown): boolean {
  if (typeof of === 'object' && of !== null) return Object.values(of).some(hasNegativeZero);
  return Object.is(of, -0);
}

test('the order of members does not matter, the order of nodes does', () => {
  expect(encode({ b: 1, a: { d: 2, c: 3 } })).toEqual(encode({ a: { c: 3, d: 2 }, b: 1 }));
  const a = { module: 'm' };
  const program = (nodes: Record<string, { module: string; summary?: string }>) =>
    ({ heddle: 1, name: 'p', nodes }) as const;
  expect(programDigest(program({ a, b: a }))).not.toBe(programDigest(program({ b: a, a })));
  expect(programDigest(program({ a }))).toBe(programDigest(program({ a: { ...a, summary: 'for people' } })));
});

test('known bytes: RFC 8949 appendix A and the tags of RFC 8746', () => {
  const hex = (of: Value): string => Array.from(encode(of), (byte) => byte.toString(16).padStart(2, '0')).join('');
  expect([0, 23, 24, 1000, -1, 1.5, 0.1].map(hex)).toEqual([
    '00',
    '17',
    '1818',
    '1903e8',
    '20',
    'f93e00',
    'fb3fb999999999999a',
  ]);
  expect(hex(-0)).toBe('f98000');
  expect(hex({ a: 1, b: [2, 3] })).toBe('a26161016162820203');
  expect(hex(Float32Array.of(1))).toBe('d855440000803f');
  expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test.each([
  ['a function', () => 1],
  ['a date', new Date(0)],
  ['NaN', Number.NaN],
  ['a bigint', 1n],
  ['a map', new Map()],
  ['a symbol', Symbol('s')],
])('%s is BAD_OUTPUT', (_, bad) => {
  expect(() => encode({ bad } as unknown as Value)).toThrow(expect.objectContaining({ code: 'BAD_OUTPUT' }));
});

test('bytes that were changed decode to something else or are CORRUPT, never to a crash', () => {
  const bytes = encode({ floats: Float64Array.of(1, 2, 3), text: 'Ahab', list: [1, 2, { deep: null }] });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const changed = bytes.slice();
      changed[at] = byte;
      try {
        decode(changed);
      } catch (thrown) {
        expect((thrown as { code: string }).code).toBe('CORRUPT');
      }
    }),
  );
});
