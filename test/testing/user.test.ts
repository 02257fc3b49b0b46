import { defineModule } from 'heddle';
import {
  crashAtEveryWrite,
  createTestEngine,
  drive,
  FakeClock,
  FaultPlan,
  LawBroken,
  memoryStores,
  quiet,
  replay,
  SeededRandom,
  simulate,
} from 'heddle/testing';
import { describe, expect, test } from 'vitest';

/** As a user would write them: a module that works, one that fails at first, and one that waits. */
const double = defineModule({ name: 'double', version: '1', run: ({ n }: { n: number }) => ({ n: n * 2 }) });
const shaky = defineModule({
  name: 'shaky',
  version: '1',
  run: ({ n }: { n: number }, { attempt }) => {
    if (attempt < 3) throw new Error('not yet');
    return { n };
  },
});
const slow = (clock: FakeClock) =>
  defineModule({
    name: 'slow',
    version: '1',
    run: async ({ n }: { n: number }) => {
      await clock.sleep(1000);
      return { n: n + 1 };
    },
  });

const data = {
  heddle: 1,
  name: 'user',
  nodes: {
    a: { module: 'double', with: { n: 1 } },
    each: { module: 'double', with: { n: '${item}' }, forEach: { items: [1, 2, 3] }, needs: ['a'] },
    end: { module: 'double', with: { n: '${a.n + size(each)}' } },
  },
  outputs: { n: '${end.n}' },
} as const;

describe('FakeClock and SeededRandom', () => {
  test('wake-ups come in order, each at its time, and what they arm comes too', async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const wake = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.wakeAt('late', 30, wake('late'));
    clock.wakeAt('early', 10, () => {
      wake('early')();
      clock.wakeAt('chained', 20, wake('chained'));
    });
    clock.wakeAt('never', 5, wake('never'));
    clock.wakeAt('never', null, wake('never'));
    clock.wakeAt('after', 31, wake('after'));
    await clock.advance(30);
    expect(seen).toEqual(['early@10', 'chained@20', 'late@30']);
    expect([clock.now(), clock.armed, clock.nextAtMs]).toEqual([30, ['after'], 31]);
    expect([await clock.next(), await clock.next(), clock.now()]).toEqual([true, false, 31]);
  });

  test('the same seed draws the same, another seed does not', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return [random.id('ex'), random.id('ex'), random.seed(), random.int(1, 6), random.pick(['a', 'b', 'c'])];
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    expect(new Set(draw(5).slice(0, 2)).size).toBe(2);
  });
});

describe('createTestEngine', () => {
  test('AT3, AT4 retries wait on the virtual clock, and take no real time', async () => {
    const { engine, clock, calls } = createTestEngine({ modules: [shaky], seed: 3 });
    const retry = { attempts: 3, backoff: 'fixed', delayMs: 3_600_000, maxDelayMs: 7_200_000, jitter: 'none' };
    const handle = await engine.start({
      heddle: 1,
      name: 'p',
      nodes: { only: { module: 'shaky', with: { n: 4 }, retry } },
    });
    await quiet();
    expect(calls.map(({ attempt }) => attempt)).toEqual([1]);
    await clock.advance(3_600_000);
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(engine.getStatus(handle.id)).toBe('RUNNING');
    await clock.advance(3_600_000);
    expect((await handle.result()).result).toEqual({ only: { n: 4 } });
  });

  test('RC2 another engine over the same stores goes on', async () => {
    const stores = memoryStores();
    const first = createTestEngine({ modules: [double, slow(new FakeClock())], stores });
    const nodes = { a: data.nodes.a, s: { module: 'slow', with: { n: '${a.n}' } } };
    const { id } = await first.engine.start({ heddle: 1, name: 'p', nodes });
    await quiet();
    await first.engine.close();
    const clock = new FakeClock();
    const second = createTestEngine({ modules: [double, slow(clock)], stores, clock });
    const handle = await second.engine.open(id);
    const { result } = await drive(clock, handle.result());
    expect(result).toEqual({ s: { n: 3 } });
    expect(second.calls.map(({ taskId }) => taskId)).toEqual(['s']);
  });
});

describe('FaultPlan', () => {
  test('HO3 the k-th commit fails: before it is lost, after it is kept', async () => {
    for (const [when, kept] of [
      ['before', 0],
      ['after', 2],
    ] as const) {
      const faults = new FaultPlan([{ on: 'commit', at: 1, when }]);
      const { engine, stores } = createTestEngine({ modules: [double], faults });
      await expect(engine.start(data, {}, { executionId: 'ex' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect((await stores.journal.read('ex', 0)).length).toBe(kept);
      expect([faults.struck, faults.counts.commit]).toEqual([1, 1]);
    }
  });

  test('AT3 a call that fails by plan is retried, and one that is late takes virtual time', async () => {
    const clock = new FakeClock();
    const faults = new FaultPlan(
      [
        { on: 'call', at: 1, error: { code: 'FLAKY', message: 'flaky' } },
        { on: 'call', at: 2, effect: { delayMs: 700 } },
      ],
      { clock },
    );
    const { engine, calls } = createTestEngine({ modules: [double], clock, faults });
    const node = { module: 'double', with: { n: 1 }, retry: { attempts: 2, delayMs: 0, jitter: 'none' } };
    const startedAtMs = clock.now();
    const handle = await engine.start({ heddle: 1, name: 'p', nodes: { node } });
    const { status } = await drive(clock, handle.result());
    expect([status, calls.length, clock.now() - startedAtMs]).toEqual(['COMPLETED', 2, 700]);
  });
});

describe('crashAtEveryWrite', () => {
  test('RC1, HO2 comes to the same result wherever it is killed, and runs nothing again that was recorded', async () => {
    const report = await crashAtEveryWrite({ program: data, modules: [double] }, (crash, undisturbed) => {
      expect(crash.result.result).toEqual(undisturbed.result);
      for (const task of crash.done) expect(crash.runs[task]).toBe(1);
    });
    expect(report.result.result).toEqual({ n: 10 });
    expect(report.crashes.length).toBe(report.writes * 2);
    expect(report.writes).toBeGreaterThan(4);
    expect(report.runs).toEqual({ a: 1, 'each[0]': 1, 'each[1]': 1, 'each[2]': 1, end: 1 });
    // Somewhere it was killed while a module had run and its answer was not stored yet.
    expect(report.crashes.some(({ runs }) => Object.values(runs).some((times) => times === 2))).toBe(true);
  });

  test('names the write at which the check failed', async () => {
    const crashing = crashAtEveryWrite({ program: data, modules: [double] }, ({ write, when }) => {
      if (write === 3 && when === 'after') throw new Error('as planned');
    });
    await expect(crashing).rejects.toThrow(/^killed after write 3 of \d+: as planned$/);
    await expect(crashing).rejects.toBeInstanceOf(LawBroken);
  });

  test('a module that counts on being called once is found out', async () => {
    let effects = 0;
    const once = { name: 'double', version: '1', run: () => ({ n: ++effects }) };
    const found = crashAtEveryWrite({ program: data, modules: [once] }, ({ result }, undisturbed) => {
      expect(result.result).toEqual(undisturbed.result);
    });
    await expect(found).rejects.toThrow(/^killed/);
  });
});

describe('simulate', () => {
  test('ST2 worlds of 60 seeds: the laws hold, the result is right, and hosts died', { timeout: 20_000 }, async () => {
    let deaths = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const world = await simulate(data, { seed, modules: (clock) => [double, slow(clock)] });
      expect(world.result.result).toEqual({ n: 10 });
      expect(world.timeline.at(-1)?.type).toBe('EXECUTION_COMPLETED');
      deaths += world.deaths;
    }
    expect(deaths).toBeGreaterThan(60);
  });

  test('the same seed is the same world, to the millisecond', async () => {
    const once = await simulate(data, { seed: 11, modules: [double] });
    const again = await simulate(data, { seed: 11, modules: [double] });
    expect(again).toEqual(once);
    expect(once).not.toEqual({ ...(await simulate(data, { seed: 12, modules: [double] })), seed: 11 });
  });

  test('RC3 what will never end is told with its seed', async () => {
    const waits = { heddle: 1, name: 'p', nodes: { w: { waitFor: { event: 'never' } } } };
    await expect(simulate(waits, { seed: 4, modules: [] })).rejects.toThrow(/^seed 4: nothing is under way/);
    const { result } = await simulate(waits, {
      seed: 4,
      modules: [],
      idle: async (handle) => {
        await handle.signal('never', 'after all');
        return true;
      },
    });
    expect(result.status).toBe('COMPLETED');
  });
});

describe('replay', () => {
  test('ST2 gives the facts that were told, and the same state every time', async () => {
    const { engine, stores } = createTestEngine({ modules: [double] });
    const told = await engine.execute(data, {}, { executionId: 'ex' });
    const header = await stores.journal.header('ex');
    const entries = await stores.journal.read('ex', 0);
    if (header === undefined) throw new Error('it is not stored');
    const replayed = replay(header.program, entries);
    expect(replayed).toEqual(replay(header.program, entries));
    expect(replayed.facts.map(({ id, type, taskId }) => [String(id), type, taskId])).toEqual(
      told.timeline.map(({ id, type, taskId }) => [id, type, taskId]),
    );
    expect(replayed).toMatchObject({ status: 'COMPLETED', running: 0, granted: 0, seq: entries.length });
    expect(replayed.nodes.end).toEqual({ status: 'succeeded', attempt: 1 });
    expect(() => replay(header.program, entries.slice(1))).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    const gap = entries.filter((_, index) => index !== 2);
    expect(() => replay(header.program, gap)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});
