import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { defineModule } from '../../src/index.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Program } from '../../src/program/program.ts';
import { engineOver, openStores } from './learning.ts';

/** Larger than what is journaled as it is, and told apart by its first letters. */
const large = defineModule<{ mark: string }, { mark: string; bytes: Uint8Array }>({
  name: 'large',
  version: '1',
  run: ({ mark }) => ({ mark, bytes: new Uint8Array(200_000).fill(mark.charCodeAt(0)) }),
});
const reads = defineModule<{ of: { mark: string } }, string>({ name: 'reads', version: '1', run: ({ of }) => of.mark });

const program: Program = {
  heddle: 1,
  name: 'lazy',
  nodes: {
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((mark) => [mark, { module: 'large', with: { mark } }])),
    hold: { waitFor: { event: 'go' }, needs: ['a', 'b', 'c', 'd'] },
    // Needs all of them, reads one.
    reader: { module: 'reads', with: { of: '${b}' }, needs: ['a', 'c', 'd', 'hold'] },
  },
  outputs: { mark: '${reader}' },
};

test('of what an execution has stored, only what a task refers to is loaded, and once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-loading-'));
  const stores = await openStores(directory);
  onTestFinished(async () => {
    await stores.close();
    rmSync(directory, { recursive: true });
  });
  const modules = new ModuleRegistry([large, reads]);
  const more = () => ({ modules, runner: new InlineRunner({ modules }) });
  const first = engineOver(stores, more());
  const { id } = await first.start(program);
  for (;;) {
    const { progress } = await (await first.open(id)).update();
    if (progress.completedTasks === 4) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await first.close();
  expect(await stores.artifacts.list(id)).toHaveLength(4);

  const loaded: string[] = [];
  const artifacts: ArtifactStore = Object.create(stores.artifacts, {
    get: {
      value: (executionId: string, digest: string) => {
        loaded.push(digest);
        return stores.artifacts.get(executionId, digest);
      },
    },
    put: { value: stores.artifacts.put.bind(stores.artifacts) },
  });
  const second = engineOver({ ...stores, artifacts }, more());
  const execution = await second.open(id);
  expect(loaded).toEqual([]);
  await execution.signal('go');
  expect((await execution.result()).result).toEqual({ mark: 'b' });
  expect(loaded).toHaveLength(1);
  await second.close();
});
