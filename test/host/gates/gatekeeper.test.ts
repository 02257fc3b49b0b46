import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MemoryRecordStore } from '../../../src/adapters/memory/record-store.ts';
import { openStores } from '../../../src/adapters/node/open-stores.ts';
import { HeddleError } from '../../../src/errors.ts';
import { type Admission, Gatekeeper, type GatekeeperOptions } from '../../../src/host/gates/gatekeeper.ts';
import { type Gates, gatesOf } from '../../../src/host/gates/gates.ts';
import { ResourceManager } from '../../../src/host/gates/resource-manager.ts';
import type { RecordStore } from '../../../src/ports/record-store.ts';
import { FakeClock, quiet } from '../../support/fake-clock.ts';

type Granted = Extract<Admission, { granted: true }>;

function open(more: Partial<GatekeeperOptions> = {}) {
  const clock = new FakeClock();
  const resources = new ResourceManager({ capacity: { cpu: 4 }, clock, prices: { cpu: 1 } });
  const records = new MemoryRecordStore();
  return { clock, resources, records, gatekeeper: new Gatekeeper({ records, clock, resources, ...more }) };
}

const gates = (more: Partial<Gates> = {}): Gates => ({ priority: 5, ...more });
const breaker = { failures: 3, openMs: 1000, halfOpenMax: 1, key: 'api' };
const bulkhead = { key: 'db', limit: 2 };

async function granted(admission: Promise<Admission>): Promise<Granted> {
  const answer = await admission;
  if (!answer.granted) throw new HeddleError(answer.refused);
  return answer;
}

async function refused(admission: Promise<Admission>) {
  const answer = await admission;
  return answer.granted ? 'granted' : answer.refused;
}

async function fail(gatekeeper: Gatekeeper, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    await (await granted(gatekeeper.admit(gates({ breaker }), 'failing'))).release('failed');
  }
}

/** A store that answers later, as one in a page does. */
function later(store: RecordStore, wait: () => Promise<void> = () => quiet()): RecordStore {
  return {
    get: async (...given) => wait().then(() => store.get(...given)),
    put: async (...given) => wait().then(() => store.put(...given)),
    count: async (...given) => wait().then(() => store.count(...given)),
    delete: async (...given) => wait().then(() => store.delete(...given)),
    list: async (...given) => wait().then(() => store.list(...given)),
    sweep: async (...given) => wait().then(() => store.sweep(...given)),
  };
}

test('the gates of a node, with the defaults of the format', () => {
  expect(gatesOf({ module: 'm' }, 5)).toBeUndefined();
  expect(gatesOf({ module: 'm', breaker: {}, resources: { cpu: 1 } }, 7)).toEqual({
    breaker: { failures: 5, openMs: 30_000, halfOpenMax: 1, key: 'm' },
    resources: { cpu: 1 },
    priority: 7,
  });
});

describe('waiting', () => {
  test('without gates one is let in at once', async () => {
    const { gatekeeper } = open();
    const { release, resources } = await granted(gatekeeper.admit(gates(), 'a'));
    expect(resources).toEqual([]);
    expect(await release('succeeded')).toEqual([]);
  });

  test('a bulkhead holds so many, the next by priority and arrival', async () => {
    const { gatekeeper } = open();
    const inside = new Map<string, Granted>();
    for (const [who, priority] of [
      ['a', 5],
      ['b', 5],
      ['low', 1],
      ['c', 5],
      ['high', 9],
      ['d', 5],
    ] as const)
      void granted(gatekeeper.admit(gates({ bulkhead, priority }), who)).then((each) => inside.set(who, each));
    await quiet();
    expect([...inside.keys()]).toEqual(['a', 'b']);
    expect(gatekeeper.bulkheads.occupancy.get('db')).toEqual({ inside: 2, waiting: 4 });
    for (const [leaves, comes] of [
      ['b', 'high'],
      ['a', 'c'],
      ['high', 'd'],
      ['d', 'low'],
    ] as const) {
      const leaving = inside.get(leaves);
      await leaving?.release('succeeded');
      await leaving?.release('succeeded');
      await quiet();
      expect([...inside.keys()].at(-1)).toBe(comes);
      expect(gatekeeper.bulkheads.occupancy.get('db')?.inside).toBe(2);
    }
    for (const who of ['c', 'low']) await inside.get(who)?.release('failed');
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
  });

  test('bulkheads of other keys are other bulkheads', async () => {
    const { gatekeeper } = open();
    for (const key of ['x', 'y', 'z']) await granted(gatekeeper.admit(gates({ bulkhead: { key, limit: 1 } }), key));
    expect(gatekeeper.bulkheads.occupancy.size).toBe(3);
  });

  test('a rate limit lets through evenly, by priority', async () => {
    const { clock, gatekeeper } = open();
    const times: [string, number][] = [];
    const start = clock.now();
    for (const [who, priority] of [
      ['a', 5],
      ['b', 5],
      ['c', 9],
      ['d', 5],
    ] as const)
      void gatekeeper
        .admit(gates({ rateLimit: { key: 'api', perSecond: 10 }, priority }), who)
        .then(() => times.push([who, clock.now() - start]));
    await clock.advance(1000);
    expect(times).toEqual([
      ['a', 0],
      ['c', 100],
      ['b', 200],
      ['d', 300],
    ]);
    expect(clock.armed).toEqual([]);
    const never = { key: 'none', perSecond: 0 };
    expect(await refused(gatekeeper.admit(gates({ rateLimit: never }), 'e'))).toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
    });
  });

  test('who waits before a bulkhead takes no place of a rate limit', async () => {
    const { clock, gatekeeper } = open();
    const both = gates({ bulkhead: { key: 'db', limit: 1 }, rateLimit: { key: 'api', perSecond: 10 } });
    const first = await granted(gatekeeper.admit(both, 'a'));
    const second = granted(gatekeeper.admit(both, 'b'));
    await clock.advance(500);
    const third = granted(gatekeeper.admit(gates({ rateLimit: { key: 'api', perSecond: 10 } }), 'c'));
    await third;
    await first.release('succeeded');
    await clock.advance(100);
    await (await second).release('succeeded');
  });

  test('resources are held until the release, which tells what they were used for', async () => {
    const { clock, gatekeeper, resources } = open();
    const first = await granted(gatekeeper.admit(gates({ resources: { cpu: 3 } }), 'a'));
    expect(first.resources).toMatchObject([{ type: 'cpu', amount: 3 }]);
    const second = granted(gatekeeper.admit(gates({ resources: { cpu: 2 } }), 'a'));
    await clock.advance(100);
    expect(resources.getResourceUtilization().cpu).toMatchObject({ used: 3, waiting: 2 });
    expect(await first.release('succeeded')).toMatchObject([{ resourceType: 'cpu', amountUsed: 3, cost: 300 }]);
    await (await second).release('failed');
    expect(resources.getResourceUtilization().cpu).toMatchObject({ used: 0, waiting: 0 });
  });

  test('what can never be granted is refused, and what was held before is free again', async () => {
    const { gatekeeper } = open();
    const asking = gates({ bulkhead, resources: { cpu: 5 } });
    expect(await refused(gatekeeper.admit(asking, 'a'))).toMatchObject({ code: 'UNSATISFIABLE_RESOURCES' });
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
    const without = new Gatekeeper({ records: new MemoryRecordStore(), clock: new FakeClock() });
    expect(await refused(without.admit(gates({ resources: { cpu: 1 } }), 'a'))).toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
    });
  });

  test('a signal ends the wait before any gate, and nothing stays held', async () => {
    const { clock, gatekeeper, resources } = open();
    const rateLimit = { key: 'slow', perSecond: 0.001 };
    const holders = await Promise.all([
      granted(gatekeeper.admit(gates({ bulkhead: { key: 'full', limit: 1 } }), 'a')),
      granted(gatekeeper.admit(gates({ rateLimit }), 'b')),
      granted(gatekeeper.admit(gates({ resources: { cpu: 4 } }), 'c')),
    ]);
    for (const before of [
      { bulkhead: { key: 'full', limit: 1 } },
      { bulkhead, rateLimit },
      { resources: { cpu: 1 } },
    ]) {
      const abort = new AbortController();
      const waiting = refused(gatekeeper.admit(gates(before), 'd', abort.signal));
      await quiet();
      abort.abort();
      expect(await waiting).toMatchObject({ code: 'ABORTED' });
      expect(await refused(gatekeeper.admit(gates(before), 'd', abort.signal))).toMatchObject({ code: 'ABORTED' });
    }
    expect([...gatekeeper.bulkheads.occupancy]).toEqual([['full', { inside: 1, waiting: 0 }]]);
    expect(resources.getResourceUtilization().cpu).toMatchObject({ used: 4, waiting: 0 });
    expect(clock.armed).toEqual([]);
    for (const { release } of holders) await release('abandoned');
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
  });
});

describe('the breaker', () => {
  test('refuses after failures in a row, says for how long, and lets one trial through', async () => {
    const { clock, gatekeeper } = open();
    await fail(gatekeeper, 3);
    await clock.advance(400);
    expect(await refused(gatekeeper.admit(gates({ breaker, bulkhead }), 'a'))).toMatchObject({
      code: 'BREAKER_OPEN',
      retryable: true,
      details: { key: 'api', retryAfterMs: 600 },
    });
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
    await clock.advance(600);
    const trial = await granted(gatekeeper.admit(gates({ breaker }), 'b'));
    expect(await refused(gatekeeper.admit(gates({ breaker }), 'c'))).toMatchObject({ code: 'BREAKER_OPEN' });
    await trial.release('succeeded');
    await granted(gatekeeper.admit(gates({ breaker }), 'd'));
  });

  test('a failed trial opens it again, an abandoned one gives its place back', async () => {
    const { clock, gatekeeper } = open();
    await fail(gatekeeper, 3);
    await clock.advance(1000);
    const given = await granted(gatekeeper.admit(gates({ breaker }), 'a'));
    await given.release('abandoned');
    await given.release('failed');
    const trial = await granted(gatekeeper.admit(gates({ breaker }), 'b'));
    await trial.release('failed');
    expect(await gatekeeper.breakers.state('api')).toMatchObject({ phase: 'open', openedAtMs: clock.now() });
  });

  test('what is abandoned before there is trouble says nothing', async () => {
    const { gatekeeper, records } = open();
    const admission = await granted(gatekeeper.admit(gates({ breaker }), 'a'));
    await admission.release('abandoned');
    await (await granted(gatekeeper.admit(gates({ breaker }), 'a'))).release('succeeded');
    expect(records.list('breaker')).toEqual([]);
  });

  test('is asked last: it opens while one waits for the bulkhead', async () => {
    const { gatekeeper } = open();
    const one = { key: 'db', limit: 1 };
    const holder = await granted(gatekeeper.admit(gates({ bulkhead: one }), 'a'));
    const waiting = refused(gatekeeper.admit(gates({ bulkhead: one, breaker }), 'b'));
    await fail(gatekeeper, 3);
    await holder.release('succeeded');
    expect(await waiting).toMatchObject({ code: 'BREAKER_OPEN' });
  });

  test('is shared by all who share the records, and no failure told at once is lost', async () => {
    const { records, clock } = open();
    const keepers = [1, 2, 3].map(() => new Gatekeeper({ records: later(records), clock }));
    const many = { ...breaker, failures: 12 };
    const admissions = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        granted((keepers[n % 3] as Gatekeeper).admit(gates({ breaker: many }), 'a')),
      ),
    );
    await Promise.all(admissions.slice(1).map(({ release }) => release('failed')));
    expect(await keepers[0]?.breakers.state('api')).toMatchObject({ phase: 'closed', failures: 11 });
    await admissions[0]?.release('failed');
    for (const keeper of keepers)
      expect(await refused(keeper.admit(gates({ breaker: many }), 'b'))).toMatchObject({ code: 'BREAKER_OPEN' });
    await clock.advance(1000);
    const trials = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (keepers[n % 3] as Gatekeeper).admit(gates({ breaker: many }), 'c')),
    );
    expect(trials.filter((each) => each.granted).length).toBe(1);
  });

  test('a signal that fires while the store answers gives the trial back', async () => {
    const { records, clock } = open();
    const abort = new AbortController();
    let aborts = false;
    const slow = later(records, async () => {
      if (aborts) abort.abort();
    });
    const gatekeeper = new Gatekeeper({ records: slow, clock });
    await fail(gatekeeper, 3);
    await clock.advance(1000);
    aborts = true;
    const asked = gatekeeper.admit(gates({ breaker, bulkhead }), 'a', abort.signal);
    expect(await refused(asked)).toMatchObject({ code: 'ABORTED' });
    expect(await gatekeeper.breakers.state('api')).toMatchObject({ phase: 'halfOpen', trials: 0 });
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
  });

  test('a store that fails is a refusal, after which nothing is held; at the end everything is free all the same', async () => {
    const { records, clock, resources } = open();
    let works = true;
    const flaky = later(records, async () => {
      if (!works) throw new HeddleError({ code: 'STORAGE_FAILED', message: 'the disk is gone', retryable: true });
    });
    const gatekeeper = new Gatekeeper({ records: flaky, clock, resources });
    const all = gates({ breaker, bulkhead, resources: { cpu: 1 } });
    const admission = await granted(gatekeeper.admit(all, 'a'));
    works = false;
    expect(await refused(gatekeeper.admit(all, 'b'))).toMatchObject({ code: 'STORAGE_FAILED', retryable: true });
    expect(resources.getResourceUtilization().cpu?.used).toBe(1);
    await expect(admission.release('failed')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(resources.getResourceUtilization().cpu?.used).toBe(0);
    expect(gatekeeper.bulkheads.occupancy.size).toBe(0);
  });

  const folder = mkdtempSync(join(tmpdir(), 'heddle-gates-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('survives a restart: still open, then a trial, which is lost with the next host and replaced in time', async () => {
    const clock = new FakeClock();
    const restart = async () => {
      const { records, close } = await openStores(folder);
      return { gatekeeper: new Gatekeeper({ records, clock }), close };
    };
    const first = await restart();
    await fail(first.gatekeeper, 3);
    first.close();
    await clock.advance(700);
    const second = await restart();
    expect(await refused(second.gatekeeper.admit(gates({ breaker }), 'a'))).toMatchObject({
      details: { retryAfterMs: 300 },
    });
    await clock.advance(300);
    await granted(second.gatekeeper.admit(gates({ breaker }), 'b'));
    // It dies with the trial under way.
    second.close();
    const third = await restart();
    expect(await refused(third.gatekeeper.admit(gates({ breaker }), 'c'))).toMatchObject({
      code: 'BREAKER_OPEN',
      details: { retryAfterMs: 1000 },
    });
    await clock.advance(1000);
    await (await granted(third.gatekeeper.admit(gates({ breaker }), 'd'))).release('succeeded');
    await granted(third.gatekeeper.admit(gates({ breaker }), 'e'));
    third.close();
  });
});

test('whoever comes and goes: limits are kept, everyone is answered, nothing is held in the end', async () => {
  const visit = fc.record({
    afterMs: fc.integer({ min: 0, max: 30 }),
    holdMs: fc.integer({ min: 0, max: 60 }),
    givesUpAfterMs: fc.option(fc.integer({ min: 0, max: 60 })),
    priority: fc.integer({ min: 0, max: 10 }),
    cpu: fc.integer({ min: 0, max: 4 }),
    rated: fc.boolean(),
    outcome: fc.constantFrom('succeeded', 'failed', 'abandoned'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { maxLength: 25 }), async (visits) => {
      const { clock, gatekeeper, resources } = open();
      let [inside, insideMost, answered, atMs] = [0, 0, 0, clock.now()];
      for (const [n, { afterMs, holdMs, givesUpAfterMs, priority, cpu, rated, outcome }] of visits.entries()) {
        atMs += afterMs;
        const abort = new AbortController();
        if (givesUpAfterMs !== null) clock.wakeAt(`abort ${n}`, atMs + givesUpAfterMs, () => abort.abort());
        const asked = gates({
          ...{ bulkhead, breaker, resources: { cpu }, priority },
          ...(rated && { rateLimit: { key: 'r', perSecond: 50 } }),
        });
        clock.wakeAt(`visit ${n}`, atMs, () => {
          void gatekeeper.admit(asked, `${n}`, abort.signal).then((answer) => {
            answered++;
            if (!answer.granted) return;
            inside++;
            insideMost = Math.max(insideMost, inside);
            clock.wakeAt(`leave ${n}`, clock.now() + holdMs, () => {
              inside--;
              void answer.release(outcome as 'succeeded');
            });
          });
        });
      }
      await clock.advance(60_000);
      expect(answered).toBe(visits.length);
      expect(insideMost).toBeLessThanOrEqual(bulkhead.limit);
      expect([inside, gatekeeper.bulkheads.occupancy.size, clock.armed.length]).toEqual([0, 0, 0]);
      expect(resources.getResourceUtilization().cpu).toMatchObject({ used: 0, waiting: 0 });
    }),
    { numRuns: 60 },
  );
});
