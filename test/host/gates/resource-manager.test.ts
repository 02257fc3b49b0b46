import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../src/host/gates/resource.ts';
import { ResourceManager, type ResourceManagerOptions } from '../../../src/host/gates/resource-manager.ts';
import { FakeClock, quiet } from '../../support/fake-clock.ts';

function open(more: Partial<ResourceManagerOptions> = {}) {
  const clock = new FakeClock();
  const manager = new ResourceManager({ capacity: { cpu: 4, memory: 8 }, clock, ...more });
  return { clock, manager };
}
const cpu = (amount: number, priority = 5, more = {}) => [{ type: 'cpu', amount, priority, ...more }];
const code = (code: string) => expect.objectContaining({ code });
/** What has come of a promise so far. */
async function soFar<T>(promise: Promise<T>): Promise<T | 'waits'> {
  await quiet();
  return Promise.race([promise, Promise.resolve('waits' as const)]);
}

describe('the resource manager', () => {
  test('gives one resource for each requirement, and tells what is used', async () => {
    const { manager } = open();
    const resources = await manager.requestResources([
      { type: 'cpu', amount: 2, priority: 5, constraints: { gpuRequired: false } },
      { type: 'memory', amount: 2, priority: 8 },
    ]);
    expect(resources.map(({ type, amount }) => [type, amount])).toEqual([
      ['cpu', 2],
      ['memory', 2],
    ]);
    expect(resources[0]).toMatchObject({ constraints: { gpuRequired: false }, allocatedAt: new Date(1_000_000) });
    expect(new Set(resources.map(({ id }) => id)).size).toBe(2);
    expect(manager.getResourceUtilization()).toEqual({
      cpu: { capacity: 4, used: 2, waiting: 0, utilisation: 0.5 },
      memory: { capacity: 8, used: 2, waiting: 0, utilisation: 0.25 },
    });
  });

  test('what can never fit is refused, with type, amount and capacity; requirements of one type count together', async () => {
    const { manager } = open();
    await expect(manager.requestResources([...cpu(3), ...cpu(2)])).rejects.toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
      message: '5 of cpu are required, but the capacity is 4',
      details: { type: 'cpu', amount: 5, capacity: 4 },
    });
    const [gpu] = [{ type: 'gpu', amount: 1, priority: 5 }];
    await expect(manager.requestResources([gpu])).rejects.toMatchObject({ details: { type: 'gpu', capacity: 0 } });
    for (const [amount, priority] of [
      [-1, 5],
      [Number.NaN, 5],
      [1, 11],
    ] as const)
      await expect(manager.requestResources(cpu(amount, priority))).rejects.toEqual(code('BAD_INPUT'));
    expect(() => new ResourceManager({ capacity: { cpu: -1 }, clock: new FakeClock() })).toThrow(code('BAD_INPUT'));
  });

  test('wait: false is refused at once, and does not stay in the queue', async () => {
    const { manager } = open();
    await manager.requestResources(cpu(3), { id: 'a' });
    await expect(manager.requestResources(cpu(2), { wait: false })).rejects.toMatchObject({
      code: 'RESOURCE_UNAVAILABLE',
      message: 'there is no room at the moment for 2 of cpu (1 free)',
    });
    expect(manager.getResourceUtilization().cpu?.waiting).toBe(0);
    expect((await manager.requestResources(cpu(1), { wait: false })).length).toBe(1);
  });

  test('the queue goes by priority and arrival, is counted, and smaller ones pass', async () => {
    const { manager } = open();
    await manager.requestResources(cpu(3), { id: 'a' });
    const done: string[] = [];
    for (const [id, amount, priority] of [
      ['low', 2, 1],
      ['high', 2, 9],
      ['next', 2, 9],
      ['small', 1, 0],
    ] as const)
      void manager.requestResources(cpu(amount, priority), { id }).then(() => done.push(id));
    await quiet();
    expect(done).toEqual(['small']);
    expect(manager.getResourceUtilization().cpu).toMatchObject({ used: 4, waiting: 6 });
    manager.releaseResources('a');
    await quiet();
    expect(done).toEqual(['small', 'high']);
    manager.releaseResources(['high', 'small']);
    await quiet();
    expect(done).toEqual(['small', 'high', 'next', 'low']);
  });

  test('a request that has aged is not passed any more, even by what it left waiting before its host died', async () => {
    const { clock, manager } = open({ ageingMs: 1000 });
    await manager.requestResources(cpu(3), { id: 'a' });
    const old = manager.requestResources(cpu(4, 0), { id: 'old', atMs: clock.now() - 1000 });
    const young = manager.requestResources(cpu(1, 10), { id: 'young' });
    expect(await soFar(young)).toBe('waits');
    manager.releaseResources('a');
    expect(await soFar(old)).toHaveLength(1);
    expect(await soFar(young)).toBe('waits');
    manager.releaseResources('old');
    expect(await soFar(young)).toHaveLength(1);
  });

  test('waiting can be given up, which lets others pass', async () => {
    const { clock, manager } = open({ ageingMs: 1000 });
    await manager.requestResources(cpu(3), { id: 'a' });
    const abort = new AbortController();
    const big = manager.requestResources(cpu(4), { signal: abort.signal, atMs: clock.now() - 1000 });
    const small = manager.requestResources(cpu(1));
    expect(await soFar(small)).toBe('waits');
    abort.abort();
    await expect(big).rejects.toEqual(code('ABORTED'));
    expect(await soFar(small)).toHaveLength(1);
    await expect(manager.requestResources(cpu(1), { signal: abort.signal })).rejects.toEqual(code('ABORTED'));
  });

  test('an id is taken once, until it is released; releasing twice is releasing once', async () => {
    const { manager } = open();
    await manager.requestResources([...cpu(1), ...cpu(2)], { id: 'a' });
    await expect(manager.requestResources(cpu(1), { id: 'a' })).rejects.toEqual(code('ALREADY_EXISTS'));
    await expect(manager.requestResources(cpu(1), { id: 'a~0' })).rejects.toEqual(code('BAD_INPUT'));
    expect(manager.releaseResources('a~0').length).toBe(1);
    expect(manager.getResourceUtilization().cpu?.used).toBe(2);
    expect(manager.releaseResources('a').length).toBe(1);
    expect(manager.releaseResources(['a', 'a~1', 'nobody'])).toEqual([]);
    expect((await manager.requestResources(cpu(4), { id: 'a' })).length).toBe(1);
  });

  test('tells cost and efficiency of what is held and of what was', async () => {
    const { clock, manager } = open({ prices: { cpu: 0.5 } });
    await manager.requestResources(
      [
        { type: 'cpu', amount: 2, priority: 5, duration: 1000 },
        { type: 'memory', amount: 1, priority: 5 },
      ],
      { id: 'a' },
    );
    await clock.advance(100);
    expect(manager.getResourceUsage().map(({ cost, endTime }) => [cost, endTime])).toEqual([
      [100, undefined],
      [0, undefined],
    ]);
    await clock.advance(150);
    expect(manager.releaseResources('a')).toEqual([
      {
        resourceId: 'a~0',
        resourceType: 'cpu',
        amountUsed: 2,
        cost: 250,
        startTime: new Date(1_000_000),
        endTime: new Date(1_000_250),
        efficiency: 0.25,
      },
      expect.objectContaining({ resourceType: 'memory', cost: 0, efficiency: 1 }),
    ]);
    expect(manager.getResourceUsage()).toEqual([]);
  });

  test('a reservation is kept from its beginning to its end, by the clock', async () => {
    const { clock, manager } = open();
    const t0 = clock.now();
    const id = manager.reserve(cpu(3), t0 + 100, t0 + 200);
    expect(() => manager.reserve(cpu(2), t0 + 150, t0 + 300)).toThrow(code('RESOURCE_UNAVAILABLE'));
    manager.reserve(cpu(4), t0 + 200, t0 + 210);
    expect(() => manager.reserve(cpu(1), t0 + 5, t0 + 5)).toThrow(code('BAD_INPUT'));
    expect(() => manager.reserve(cpu(9), t0, t0 + 5)).toThrow(code('UNSATISFIABLE_RESOURCES'));
    await expect(manager.requestResources(cpu(1), { reservationId: 'nobody' })).rejects.toEqual(code('NOT_FOUND'));
    const claim = manager.requestResources(cpu(3), { id: 'claim', reservationId: id });
    const early = await manager.requestResources(cpu(2, 5, { duration: 50 }), { wait: false, id: 'early' });
    expect(early.length).toBe(1);
    manager.releaseResources('early');
    expect(await soFar(claim)).toBe('waits');
    await clock.advance(100);
    expect(await soFar(claim)).toHaveLength(1);
    manager.releaseResources('claim');
    const after = manager.requestResources(cpu(2));
    expect(await soFar(after)).toBe('waits');
    await clock.advance(100);
    expect(await soFar(after)).toBe('waits');
    await clock.advance(10);
    expect(await soFar(after)).toHaveLength(1);
    expect(clock.armed).toEqual([]);
  });

  test('what is drawn from a reservation is not kept a second time, and is kept again once it is released', async () => {
    const { clock, manager } = open();
    const id = manager.reserve(cpu(3), clock.now(), clock.now() + 100);
    await manager.requestResources(cpu(3), { id: 'claim', reservationId: id });
    await manager.requestResources(cpu(1), { id: 'other', wait: false });
    manager.releaseResources(['claim', 'other']);
    await expect(manager.requestResources(cpu(2), { wait: false })).rejects.toEqual(code('RESOURCE_UNAVAILABLE'));
    await manager.requestResources(cpu(3), { reservationId: id, wait: false });
  });

  test('a reservation that is cancelled is free at once', async () => {
    const { clock, manager } = open();
    const id = manager.reserve(cpu(4), clock.now(), clock.now() + 100);
    const waiting = manager.requestResources(cpu(1));
    expect(await soFar(waiting)).toBe('waits');
    manager.cancelReservation(id);
    expect(await soFar(waiting)).toHaveLength(1);
  });

  test('whatever is asked, released and given up: never above capacity, everyone served, zero in the end', async () => {
    const action = fc.record({
      what: fc.constantFrom('request', 'request', 'request', 'release', 'giveUp'),
      cpu: fc.integer({ min: 0, max: 4 }),
      memory: fc.integer({ min: 0, max: 8 }),
      priority: fc.integer({ min: 0, max: 10 }),
      which: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { clock, manager } = open({ ageingMs: 50 });
        const held: (readonly Resource[])[] = [];
        const aborts: AbortController[] = [];
        let [asked, settled] = [0, 0];
        const release = (index: number): void => {
          const [resources = []] = held.splice(index, 1);
          manager.releaseResources(resources.map(({ id }) => id));
        };
        for (const { what, cpu, memory, priority, which } of actions) {
          if (what === 'request') {
            const abort = new AbortController();
            aborts.push(abort);
            asked++;
            const requirements = Object.entries({ cpu, memory }).map(([type, amount]) => ({ type, amount, priority }));
            void manager
              .requestResources(requirements, { signal: abort.signal })
              .then(
                (resources) => void held.push(resources),
                () => undefined,
              )
              .then(() => settled++);
          } else if (what === 'release' && held.length > 0) release(which % held.length);
          else if (what === 'giveUp') aborts[which % Math.max(1, aborts.length)]?.abort();
          await clock.advance(10);
          for (const { used, capacity } of Object.values(manager.getResourceUtilization())) {
            expect(used).toBeLessThanOrEqual(capacity);
          }
        }
        for (let rounds = 0; settled < asked || held.length > 0; rounds++) {
          expect(rounds).toBeLessThan(200);
          while (held.length > 0) release(0);
          await quiet();
        }
        for (const { used, waiting } of Object.values(manager.getResourceUtilization())) {
          expect([used, waiting]).toEqual([0, 0]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
