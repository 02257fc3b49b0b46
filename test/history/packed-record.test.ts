import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExecutionRecord, TalliedExecution } from '../../src/history/execution-record.ts';
import { packRecord, spanMeans, unpackRecord } from '../../src/history/packed-record.ts';
import { profileOf } from '../../src/history/profile.ts';
import { decode, encode } from '../../src/program/canonical.ts';

const figure = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }));
const node = fc.record(
  {
    ...{ runs: fc.nat(), attempts: fc.nat(), failures: fc.nat(), measured: fc.nat() },
    ...{ totalMs: figure, maxMs: figure, queued: fc.nat(), queuedMs: figure },
    samples: fc.array(figure, { maxLength: 5 }),
    ...{ spanMs: figure, outputBytes: fc.nat() },
    usage: fc.record({ inputTokens: fc.nat() }),
  },
  {
    requiredKeys: [
      ...(['runs', 'attempts', 'failures', 'measured', 'totalMs', 'maxMs', 'queued', 'queuedMs', 'samples'] as const),
    ],
  },
);
const id = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('toString', 'constructor'));
const record = fc.array(fc.tuple(id, node), { maxLength: 8 }).map(
  (nodes): ExecutionRecord => ({
    ...{ executionId: 'ex-1', programName: 'p', programDigest: 'd', status: 'COMPLETED' },
    ...{ strategy: 'balanced' as never, startedAtMs: 1, endedAtMs: 9 },
    nodes: Object.fromEntries(nodes.filter(([name]) => name !== '__proto__')),
  }),
);

const counted = ({ nodes, ...rest }: ExecutionRecord): TalliedExecution => ({ ...rest, nodes: Object.entries(nodes) });

test('a record that was packed, stored and read again is the record, its nodes in their order', () => {
  fc.assert(
    fc.property(record, (given) => {
      const back = unpackRecord(decode(encode(packRecord(counted(given)) as never)) as never);
      expect(back).toEqual(given);
      expect(Object.keys(back.nodes)).toEqual(Object.keys(given.nodes));
    }),
  );
});

test('a record of before they were packed is read as it is', () => {
  fc.assert(
    fc.property(record, (given) => {
      expect(unpackRecord(given)).toBe(given);
    }),
  );
});

test('the mean spans read off the columns are those of the profile', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.boolean(), (records, packed) => {
      const { nodes } = profileOf(records);
      const ran = Object.entries(nodes).filter(([, { runs }]) => runs > 0);
      const means = spanMeans(packed ? records.map((each) => packRecord(counted(each))) : records);
      expect([...means].sort()).toEqual(ran.map(([name, { spanMeanMs }]) => [name, spanMeanMs] as const).sort());
    }),
  );
});

test('figures take no more bytes than they need, and stay what they are', () => {
  const most = fc.constantFrom(0, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 24 + 1);
  fc.assert(
    fc.property(most, fc.boolean(), (maxMs, ended) => {
      const brief = {
        runs: 1,
        attempts: 1,
        failures: 0,
        measured: 1,
        totalMs: 3,
        queued: 1,
        queuedMs: 0,
        samples: [3],
      };
      const end = ended ? { spanMs: 3, outputBytes: 7 } : {};
      const given: ExecutionRecord = {
        ...{ executionId: 'ex-1', programName: 'p', programDigest: 'd', status: 'COMPLETED' },
        ...{ startedAtMs: 1, endedAtMs: 9, nodes: { a: { ...brief, maxMs, ...end } } },
      };
      const packed = packRecord(counted(given));
      const whole = maxMs < 2 ** 8 ? 1 : maxMs < 2 ** 16 ? 2 : maxMs <= 2 ** 24 ? 4 : 8;
      expect(packed.figures.BYTES_PER_ELEMENT).toBe(ended ? whole : Math.max(4, whole));
      expect(unpackRecord(decode(encode(packed as never)) as never)).toEqual(given);
    }),
  );
});
