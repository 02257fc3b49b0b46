import { describe, expect, test } from 'vitest';
import { bundleFaultWorker } from './fault-run.ts';
import { Workerd, type WorkerdOptions } from './workerd.ts';

const bound: WorkerdOptions = {
  r2Buckets: { ARTIFACTS: 'artifacts' },
  queueProducers: { QUEUE: { queueName: 'calls' } },
  queueConsumers: { calls: { maxBatchTimeout: 0 } },
};

/** One after the other, so that the numbers are the same for any length. */
const sumOf = (length: number, next: (n: number) => number): number => {
  let sum = 0;
  for (let n = 0; n < length; n++) sum = (sum + next(n)) % 65_521;
  return sum;
};

const programOf = (bytes: number) => ({
  heddle: 1,
  name: 'large-and-queued',
  nodes: {
    large: { module: 'test.large', with: { bytes } },
    measured: { module: 'test.measure', with: { of: '${large}' } },
    queued: { module: 'test.heavy', runOn: 'queue' },
  },
  outputs: { measured: '${measured}', queued: '${queued}' },
});

/** Large outputs and queued nodes, with a bucket and a queue and without. @param mebibytes of the output without */
export function bindingsContract(mebibytes: number): void {
  describe.each([
    ['with a bucket and a queue', 3 * 2 ** 20, bound],
    ['without', mebibytes * 2 ** 20, {}],
  ] as const)('%s', (_, bytes, options) => {
    test(`an output of ${bytes / 2 ** 20} MB, and a queued node`, { timeout: 60_000 }, async () => {
      const program = programOf(bytes);
      const result = {
        measured: { bytes, sum: sumOf(bytes, (n) => (n * 31) % 251) },
        queued: { sum: Array.from({ length: 100_000 }).reduce<number>((sum, _, n) => sum + (n % 7), 0) },
      };
      const workerd = await Workerd.temporary(await bundleFaultWorker(), options);
      try {
        const { status, body } = await workerd.post('/v1/executions', { program }, { prefer: 'wait=30' });
        expect(status).toBe(200);
        const { executionId, status: ended, result: given } = body as Record<string, unknown>;
        expect({ ended, given }).toEqual({ ended: 'COMPLETED', given: result });

        const rows = async (query: string) =>
          (await workerd.json(`/test/rows/${executionId}`, { method: 'POST', body: query })).body as unknown;
        const [{ parts, largest }] = (await rows(
          'SELECT COUNT(*) AS parts, MAX(LENGTH(bytes)) AS largest FROM artifacts',
        )) as [{ parts: number; largest: number | null }];
        const isBound = 'r2Buckets' in options;
        if (isBound) expect(parts).toBe(0);
        else expect(parts).toBe(mebibytes + 1);
        expect(largest ?? 0).toBeLessThan(2_000_000);
        const kept = async () => (isBound ? (await workerd.bucket('ARTIFACTS')).list() : { objects: [] });
        expect((await kept()).objects.map(({ size }) => size > bytes)).toEqual(isBound ? [true] : []);

        expect((await fetch(`${workerd.url}/v1/executions/${executionId}`, { method: 'DELETE' })).status).toBe(204);
        expect((await kept()).objects).toEqual([]);
        // Of a deleted execution there is not even a table, nor of one that was never there.
        const tables = "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'";
        expect(await rows(tables)).toEqual([]);
        expect((await workerd.json(`/v1/executions/${executionId}`)).status).toBe(404);
        expect(await rows(tables)).toEqual([]);
        const { body: list } = await workerd.json('/v1/executions');
        expect((list as { items: unknown[] }).items).toEqual([]);
      } finally {
        await workerd.stop();
      }
    });
  });
}
