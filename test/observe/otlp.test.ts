import { expect, test } from 'vitest';
import { attributesOf, unixNano } from '../../src/observe/otlp.ts';

test('attributes are typed values, 64-bit integers as strings', () => {
  expect(attributesOf({ s: 'x', i: 3, d: 0.5, b: false, none: undefined })).toEqual([
    { key: 's', value: { stringValue: 'x' } },
    { key: 'i', value: { intValue: '3' } },
    { key: 'd', value: { doubleValue: 0.5 } },
    { key: 'b', value: { boolValue: false } },
  ]);
});

test.each([
  [0, '0'],
  [1, '1000000'],
  [1_795_246_034_123, '1795246034123000000'],
  [1_795_246_034_123.25, '1795246034123250000'],
])('%d ms is %s ns', (atMs, nano) => {
  expect(unixNano(atMs)).toBe(nano);
});
