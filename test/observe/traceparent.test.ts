import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTraceparent, parseTraceparent } from '../../src/observe/traceparent.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';

test('reads the example of the standard', () => {
  expect(parseTraceparent(`00-${trace}-${parent}-01`)).toEqual({ traceId: trace, parentId: parent, sampled: true });
  expect(parseTraceparent(`00-${trace}-${parent}-00`)?.sampled).toBe(false);
});

test('of the flags only the sampled bit counts', () => {
  expect(parseTraceparent(`00-${trace}-${parent}-fe`)?.sampled).toBe(false);
  expect(parseTraceparent(`00-${trace}-${parent}-ff`)?.sampled).toBe(true);
});

test('a later version is read as far as version 00 goes', () => {
  expect(parseTraceparent(`cc-${trace}-${parent}-01-what-the-future-brings`)?.traceId).toBe(trace);
  expect(parseTraceparent(`cc-${trace}-${parent}-01`)?.traceId).toBe(trace);
});

test.each([
  ['nothing', ''],
  ['version ff', `ff-${trace}-${parent}-01`],
  ['more in version 00', `00-${trace}-${parent}-01-more`],
  ['no dash before more', `cc-${trace}-${parent}-01more`],
  ['upper case', `00-${trace.toUpperCase()}-${parent}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${parent}-01`],
  ['a parent id of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
  ['a short trace id', `00-${trace.slice(1)}-${parent}-01`],
  ['no flags', `00-${trace}-${parent}`],
])('%s is not valid', (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test('what is written is read back', () => {
  const hex = (digits: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
      .map((all) => all.join(''))
      .filter((text) => !/^0+$/.test(text));
  fc.assert(
    fc.property(fc.record({ traceId: hex(32), parentId: hex(16), sampled: fc.boolean() }), (traceparent) => {
      expect(parseTraceparent(formatTraceparent(traceparent))).toEqual(traceparent);
    }),
  );
});
