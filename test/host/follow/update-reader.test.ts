import { describe, expect, test } from 'vitest';
import type { PublishedFact } from '../../../src/engine/command.ts';
import { HeddleError } from '../../../src/errors.ts';
import { Feed } from '../../../src/host/follow/feed.ts';
import { UpdateReader } from '../../../src/host/follow/update-reader.ts';
import type { ExecutionUpdate } from '../../../src/host/view/execution-view.ts';
import { createEngine, defineModule } from '../../../src/index.ts';

const progress = { percentage: 0, completedTasks: 0, totalTasks: 0, currentPhase: 'running' };

function fact(id: number): PublishedFact {
  return { id, type: 'TASK_RETRIED', atMs: id, taskId: `t${id}`, attempt: 1 };
}

function facts(from: number, count: number): readonly PublishedFact[] {
  return Array.from({ length: count }, (_, index) => fact(from + index));
}

function readerOf(feed: Feed, { after = 0, unreadMax = 100, halted = false, past = [] as PublishedFact[] } = {}) {
  return new UpdateReader({
    feed,
    after,
    unreadMax,
    facts: async () => (past.length > 0 ? past : feed.facts),
    update: (metrics, { current: _, ...news }): ExecutionUpdate => ({
      executionId: 'ex',
      timestamp: new Date(0),
      status: 'RUNNING',
      progress,
      metrics: metrics.snapshot(0),
      ...news,
    }),
    halted: () => (halted ? new HeddleError({ code: 'ABORTED', message: 'gone' }) : null),
  });
}

async function next(reader: UpdateReader): Promise<ExecutionUpdate> {
  const { done, value } = await reader.next();
  if (done || value === undefined) throw new Error('the stream has ended');
  return value;
}

const ids = ({ events }: ExecutionUpdate): number[] => events.map(({ id }) => Number(id));
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a reader that lags', () => {
  test('of 100,000 events, holds at most as many as allowed, and is told which it missed', async () => {
    const feed = new Feed(0);
    const reader = readerOf(feed, { unreadMax: 1000 });
    feed.publish(facts(1, 1));
    expect(ids(await next(reader))).toEqual([1]);
    let most = 0;
    for (let id = 2; id <= 100_000; id += 7) {
      feed.publish(facts(id, Math.min(7, 100_001 - id)));
      most = Math.max(most, reader.unread);
    }
    expect(most).toBeGreaterThan(500);
    expect(most).toBeLessThanOrEqual(1000);
    const update = await next(reader);
    const { skippedFrom, skippedTo, live } = update.lag ?? { skippedFrom: 0, skippedTo: 0, live: -1 };
    expect([skippedFrom, live]).toEqual([2, 0]);
    // Nothing lies between what was missed and what was told, and together they are all.
    expect(ids(update)).toEqual(facts(skippedTo + 1, 100_000 - skippedTo).map(({ id }) => id));
    expect(feed.facts.slice(skippedFrom - 1, skippedTo).length + update.events.length).toBe(99_999);
    // The figures know everything.
    expect(update.metrics.errorRate).toBe(0);
    feed.publish(facts(100_001, 1));
    expect((await next(reader)).lag).toBeUndefined();
  });

  test('loses what is live first', async () => {
    const feed = new Feed(0);
    const reader = readerOf(feed, { unreadMax: 10 });
    feed.publish(facts(1, 1));
    await next(reader);
    feed.publish(facts(2, 3));
    for (let n = 0; n < 500; n++) feed.note({ taskId: 'a', attempt: 1, kind: 'progress', fraction: n / 500 }, n);
    expect(reader.unread).toBeLessThanOrEqual(10);
    const update = await next(reader);
    expect(update.events.filter(({ id }) => id !== 'live').map(({ id }) => id)).toEqual(['2', '3', '4']);
    expect(update.lag).toMatchObject({ skippedFrom: 5, skippedTo: 4 });
    expect((update.lag?.live ?? 0) + update.events.filter(({ id }) => id === 'live').length).toBe(500);
  });

  test('what comes in one breath is no lag of a reader that had read everything', async () => {
    const feed = new Feed(0);
    const reader = readerOf(feed, { unreadMax: 10 });
    feed.publish(facts(1, 1));
    await next(reader);
    feed.publish(facts(2, 50));
    const update = await next(reader);
    expect([update.events.length, update.lag]).toEqual([50, undefined]);
  });

  test('gets the past in pages, however long it is, whether it is in memory or not', async () => {
    for (const past of [[], [...facts(1, 250)]]) {
      const feed = new Feed(past.length);
      if (past.length === 0) feed.publish(facts(1, 250));
      const reader = readerOf(feed, { after: 20, past });
      const pages = [await next(reader), await next(reader), await next(reader)];
      expect(pages.map(({ events }) => events.length)).toEqual([100, 100, 30]);
      expect(pages.flatMap(ids)).toEqual(facts(21, 230).map(({ id }) => id));
      expect(pages.every(({ lag }) => lag === undefined)).toBe(true);
    }
  });

  test('can ask for what it missed', async () => {
    const say = defineModule({ name: 'say', version: '1', run: ({ n }: { n: number }) => n });
    const engine = await createEngine({ modules: [say] });
    const items = Array.from({ length: 6_000 }, (_, n) => n);
    const nodes = {
      a: { module: 'say', with: { n: '${item}' }, forEach: { items: '${input.items}', maxParallel: 20 } },
    };
    const execution = await engine.start({ heddle: 1, name: 'p', nodes }, { items });
    const reader = execution.monitor()[Symbol.asyncIterator]();
    const first = await reader.next();
    await execution.result();
    const told = new Set<string>(first.value.events.map(({ id }: { id: string }) => id));
    let lagged = false;
    for (;;) {
      const { done, value } = await reader.next();
      if (done) break;
      for (const { id } of value.events) told.add(id);
      if (value.lag === undefined) continue;
      lagged = true;
      const { skippedFrom, skippedTo } = value.lag;
      for (const { id } of await execution.events(skippedFrom - 1, skippedTo - skippedFrom + 1)) told.add(id);
    }
    expect(lagged).toBe(true);
    const all = (await execution.events()).map(({ id }) => id);
    expect([...told].sort()).toEqual(all.sort());
    await engine.close();
  });
});

describe('a reader that stops', () => {
  test('lets go at once, whatever it waits for', async () => {
    const feed = new Feed(0);
    const reader = readerOf(feed);
    const waiting = reader.next();
    await settle();
    const stopped = await Promise.race([reader.return(), settle().then(() => settle())]);
    expect(stopped).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    feed.publish(facts(1, 5));
    expect(reader.unread).toBe(0);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test('a loop that is left stops listening', async () => {
    const feed = new Feed(0);
    feed.publish(facts(1, 1));
    const reader = readerOf(feed);
    for await (const update of reader) {
      expect(ids(update)).toEqual([1]);
      break;
    }
    feed.publish(facts(2, 1));
    expect(reader.unread).toBe(0);
  });

  test('the end ends it, and a host that stopped is an error, once', async () => {
    const ended = new Feed(0);
    const reader = readerOf(ended);
    const waiting = reader.next();
    await settle();
    ended.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const halted = new Feed(0);
    halted.end();
    const gone = readerOf(halted, { halted: true });
    await expect(gone.next()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await gone.next()).toEqual({ done: true, value: undefined });
  });
});

test.each(Array.from({ length: 16 }, (_, hops) => [hops]))(
  'nothing is missed that comes %i steps of the event loop after the reader has asked',
  async (hops) => {
    for (const known of [0, 1]) {
      const feed = new Feed(0);
      const reader = readerOf(feed);
      feed.publish(facts(1, known));
      if (known > 0) await next(reader);
      const told: number[] = [];
      const read = (async () => {
        for await (const update of reader) told.push(...ids(update));
      })();
      for (let hop = 0; hop < hops; hop++) await undefined;
      feed.publish(facts(known + 1, 1));
      feed.end();
      await read;
      expect(told).toEqual([known + 1]);
    }
  },
);
