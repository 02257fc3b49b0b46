import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { InlineRunner } from '../../../src/adapters/memory/inline-runner.ts';
import { ModuleRegistry } from '../../../src/host/registry.ts';
import { defineModule } from '../../../src/index.ts';
import type { JournalStore } from '../../../src/ports/journal-store.ts';
import type { Program } from '../../../src/program/program.ts';
import { engineOver, openStores } from '../learning.ts';

const items = 3_000;
const range = defineModule<unknown, number[]>({
  name: 'range',
  version: '1',
  run: () => Array.from({ length: items }, (_, n) => n),
});
/** Every 50th fails at its first attempt. */
const quick = defineModule<{ n: number }, number>({
  name: 'quick',
  version: '1',
  run({ n }, { attempt }) {
    if (n % 50 === 7 && attempt === 1) throw new Error('once');
    return n;
  },
});
const program: Program = {
  heddle: 1,
  name: 'figures',
  nodes: {
    all: { module: 'range' },
    each: {
      module: 'quick',
      with: { n: '${item}' },
      forEach: { items: '${all}', maxParallel: 4 },
      retry: { attempts: 2, delayMs: 1 },
    },
    hold: { waitFor: { event: 'go' }, needs: ['each'] },
  },
};

test('how an execution stands is told after a boot without reading its journal from the beginning', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-figures-'));
  const stores = await openStores(directory);
  onTestFinished(async () => {
    await stores.close();
    rmSync(directory, { recursive: true });
  });
  const modules = new ModuleRegistry([range, quick]);
  const more = () => ({ modules, runner: new InlineRunner({ modules }) });
  const first = engineOver(stores, more());
  const { id } = await first.start(program);
  const standing = async () => (await (await first.open(id)).update()).progress.completedTasks;
  while ((await standing()) < items + 1) await new Promise((resolve) => setTimeout(resolve, 5));
  await first.createCheckpoint(id);
  const before = await (await first.open(id)).update();
  await first.close();

  const read: number[] = [];
  const journal: JournalStore = new Proxy(stores.journal, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (name === 'read' && given[2] !== 1) read.push(Number(given[1]));
        return Reflect.apply(member, target, given);
      };
    },
  });
  const second = engineOver({ ...stores, journal }, more());
  const execution = await second.open(id);
  const { metrics } = await execution.update();
  expect(read.length).toBeGreaterThan(0);
  expect(Math.min(...read)).toBeGreaterThan(1_000);
  const { totalDuration: _, throughput: __, ...figures } = before.metrics;
  expect(metrics).toMatchObject(figures);
  expect([metrics.tasksExecuted, metrics.errorRate]).toEqual([items + 1, 60 / (items + 61)]);

  // The result is put together from the whole journal: folded in one go, it comes to the same.
  await execution.signal('go');
  const { metrics: whole } = await execution.result();
  expect(await execution.update()).toMatchObject({ metrics: whole });
  await second.close();
});
