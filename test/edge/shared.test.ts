import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ProgramNode } from '../../src/program/program.ts';
import { bundleFaultWorker } from './fault-run.ts';
import { Ledger, type Noted } from './ledger.ts';
import { Workerd } from './workerd.ts';

let workerd: Workerd;
let ledger: Ledger;
beforeAll(async () => {
  workerd = await Workerd.temporary(await bundleFaultWorker());
  ledger = await Ledger.open();
}, 60_000);
afterAll(async () => {
  await workerd.stop();
  ledger.close();
});
afterEach(() => {
  ledger.intercept = null;
  ledger.notes.length = 0;
});

interface Alerts {
  readonly items: readonly { readonly fired: readonly { readonly executionId: string }[] }[];
}

interface Ended {
  readonly executionId: string;
  readonly status: string;
  readonly result?: unknown;
  readonly error?: { readonly code: string };
  readonly timeline: readonly { readonly type: string }[];
}

/** So many executions of one program, each an object of its own, begun at once. */
async function run(count: number, name: string, node: Partial<ProgramNode>): Promise<readonly Ended[]> {
  const program = {
    heddle: 1,
    name,
    nodes: { step: { module: 'ledger.step', with: { ledger: ledger.url }, ...node } },
  };
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { status, body } = await workerd.post('/v1/executions', { program }, { prefer: 'wait=30' });
      expect(status).toBe(200);
      return body as Ended;
    }),
  );
}

describe('what executions share, each in an object of its own', () => {
  test('equal cached calls at the same moment run once, and all have the result', { timeout: 60_000 }, async () => {
    const ended = await run(10, 'cached', { with: { ledger: ledger.url, ms: 300 }, cache: { ttlMs: 60_000 } });
    expect(ledger.effects.length).toBe(1);
    expect(new Set(ended.map(({ status, result }) => JSON.stringify([status, result])))).toEqual(
      new Set([JSON.stringify(['COMPLETED', { step: { done: 'step' } }])]),
    );
    const cached = ended.filter(({ timeline }) => timeline.some(({ type }) => type === 'TASK_CACHED'));
    expect(cached.length).toBe(9);
    // Whoever comes later finds it there.
    await run(3, 'cached', { with: { ledger: ledger.url, ms: 300 }, cache: { ttlMs: 60_000 } });
    expect(ledger.effects.length).toBe(1);
  });

  test('a bulkhead lets as many in as it says, of all executions of the program', { timeout: 60_000 }, async () => {
    let [inside, most] = [0, 0];
    ledger.intercept = ({ phase }: Noted) => {
      inside += phase === 'about' ? 1 : -1;
      most = Math.max(most, inside);
      return false;
    };
    const ended = await run(8, 'bulkhead', {
      with: { ledger: ledger.url, ms: 80 },
      bulkhead: { key: 'service', limit: 2 },
    });
    expect(ended.every(({ status }) => status === 'COMPLETED')).toBe(true);
    expect([most, inside]).toEqual([2, 0]);
  });

  test('a rate limit spaces the calls of all executions of the program', { timeout: 60_000 }, async () => {
    const startedAtMs = Date.now();
    let lastAtMs = 0;
    ledger.intercept = () => {
      lastAtMs = Date.now();
      return false;
    };
    const ended = await run(12, 'rate', { rateLimit: { key: 'service', perSecond: 10 } });
    expect(ended.every(({ status }) => status === 'COMPLETED')).toBe(true);
    // Eleven spaces of 100 ms between twelve, however late each note has come.
    expect(lastAtMs - startedAtMs).toBeGreaterThan(1_000);
  });

  test('a breaker that one execution opens keeps the calls of others back', { timeout: 60_000 }, async () => {
    const breaker = { failures: 3, openMs: 600_000, halfOpenMax: 1, key: 'service' };
    const failing = { module: 'ledger.fail', retry: { attempts: 1 }, breaker };
    for (let n = 0; n < 3; n++) {
      const [ended] = await run(1, 'breaker', failing);
      expect(ended?.error?.code).toBe('ON_PURPOSE');
    }
    expect(ledger.notes.length).toBe(3);
    const others = await run(5, 'breaker', failing);
    expect(others.map(({ error }) => error?.code)).toEqual(others.map(() => 'BREAKER_OPEN'));
    expect(ledger.notes.length).toBe(3);
    // The programs of others are none of its business.
    const [ended] = await run(1, 'breaker-of-another', failing);
    expect(ended?.error?.code).toBe('ON_PURPOSE');
  });

  test('an alert rule watches what ends at once as well as what lasts', { timeout: 60_000 }, async () => {
    const condition = { metric: 'successRate', operator: 'gte', threshold: 1 };
    await run(1, 'unwatched', { module: 'test.quick', with: {} });
    const { status, body } = await workerd.post('/v1/alerts', condition);
    expect(status).toBe(201);
    const [quick, lasting] = [
      await run(2, 'watched', { module: 'test.quick', with: {} }),
      await run(2, 'watched-long', { with: { ledger: ledger.url, ms: 200 } }),
    ];
    const watched = [...quick, ...lasting].map(({ executionId }) => executionId).sort();
    await expect
      .poll(
        async () => {
          const { items } = (await workerd.json('/v1/alerts')).body as Alerts;
          return items.flatMap(({ fired }) => fired.map(({ executionId }) => executionId)).sort();
        },
        { timeout: 20_000 },
      )
      .toEqual(watched);
    const { id } = body as { readonly id: string };
    expect((await fetch(`${workerd.url}/v1/alerts/${id}`, { method: 'DELETE' })).status).toBe(204);
    await run(2, 'unwatched', { module: 'test.quick', with: {} });
    expect(((await workerd.json('/v1/alerts')).body as Alerts).items).toEqual([]);
  });
});
