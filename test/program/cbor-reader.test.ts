import { isDeepStrictEqual } from 'node:util';
import { decode as decodeCbor, decodeFirst, encode as encodeCbor, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CborReader } from '../../src/program/cbor-reader.ts';

const options = { rejectDuplicateMapKeys: true, strict: true, allowBigInt: false, allowUndefined: false };

type Outcome = { readonly value: unknown } | 'refused';

function outcomeOf(read: () => unknown): Outcome {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}

/** By the reader, and how often it asked the library. */
function readBy(bytes: Uint8Array): { readonly outcome: Outcome; readonly asked: number } {
  let asked = 0;
  const outcome = outcomeOf(() => {
    const reader = new CborReader(bytes, (rest) => {
      asked++;
      const [value, left] = decodeFirst(rest, options);
      return [value, left.byteLength];
    });
    const value = reader.read();
    return reader.at === bytes.length ? value : decodeCbor(bytes, options);
  });
  return { outcome, asked };
}

const expectSame = (bytes: Uint8Array): void => {
  expect(readBy(bytes).outcome).toEqual(outcomeOf(() => decodeCbor(bytes, options)));
};

const plain = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }),
  fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()),
  fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'a', 'b', 'long name', '10', '2'), fc.jsonValue()),
  fc.maxSafeInteger(),
  fc.double(),
  fc.float(),
  fc.uint8Array(),
  fc.array(fc.record({ type: fc.constantFrom('AttemptStarted', 'AttemptSucceeded'), seq: fc.nat(), item: fc.nat() })),
);

test('what the library reads is read to the same, whatever it is', () => {
  fc.assert(
    fc.property(plain, (value) => expectSame(encodeCbor(value, rfc8949EncodeOptions))),
    { numRuns: 3000 },
  );
});

test('bytes that were changed, cut or added to are read to the same, or refused by both', () => {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  fc.assert(
    fc.property(
      plain,
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      fc.uint8Array({ maxLength: 3 }),
      (value, changes, cut, added) => {
        const bytes = encodeCbor(value, rfc8949EncodeOptions).slice();
        for (const [at, to] of changes) bytes[at % bytes.length] = to;
        expectSame(bytes);
        expectSame(bytes.slice(0, Math.max(0, bytes.length - cut)));
        expectSame(Uint8Array.from([...bytes, ...added]));
      },
    ),
    { numRuns: 3000 },
  );
});

test('any bytes at all are read to the same, or refused by both', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), expectSame), { numRuns: 20_000 });
});

test('every number of 16 bits is read to the same, without the library where there is such a number', () => {
  for (let half = 0; half < 0x10000; half++) {
    const bytes = Uint8Array.of(0xf9, half >> 8, half & 0xff);
    const { outcome, asked } = readBy(bytes);
    const isNumber = (half & 0x7c00) !== 0x7c00;
    const same = outcomeOf(() => decodeCbor(bytes, options));
    if (asked !== (isNumber ? 0 : 1) || !isDeepStrictEqual(outcome, same)) expect([half, asked, outcome]).toEqual(same);
  }
});

test('what nests deep, and what nests without an end, is as the library has it', () => {
  for (const depth of [10, 255, 256, 257, 900]) {
    expectSame(Uint8Array.from([...new Array(depth).fill(0x81), 0x01]));
    expectSame(Uint8Array.from([...new Array(depth).fill(0x81)]));
    expectSame(Uint8Array.from([...new Array(depth).fill([0xa1, 0x61, 0x61]).flat(), 0x01]));
  }
});

test('of a journal nothing is left to the library', () => {
  const entries = Array.from({ length: 500 }, (_, index) => ({
    type: index % 2 === 0 ? 'AttemptStarted' : 'AttemptSucceeded',
    ...{ node: 'each', item: index >> 1, seq: index + 1, atMs: 1_795_000_000_000 + index / 3, epoch: 1, attempt: 1 },
    ...(index % 2 === 1 && {
      output: { inline: { ok: true, text: 'x'.repeat(index), none: null, list: [-1, 2 ** 40] } },
    }),
  }));
  const bytes = encodeCbor(entries, rfc8949EncodeOptions);
  const { outcome, asked } = readBy(bytes);
  expect(outcome).toEqual({ value: entries });
  expect(asked).toBe(0);
});

test('bytes that are read share no memory with what they were read from, also in a buffer of Node', () => {
  const source = Buffer.from(encodeCbor([Uint8Array.from([1, 2, 3])], rfc8949EncodeOptions));
  const { outcome } = readBy(source);
  source.fill(0);
  expect(outcome).toEqual({ value: [Uint8Array.from([1, 2, 3])] });
});
