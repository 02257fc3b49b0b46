import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type { World } from './world.ts';

/** A bug planted in the source: the text that is replaced must occur exactly once, so that no mutant goes stale unnoticed. */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const mutants: readonly Mutant[] = [
  {
    name: 'no fencing: any answer of a running task counts',
    file: 'src/engine/attempt.ts',
    find: "task?.status === 'running' && task.attempt === event.attempt && task.epoch === event.epoch",
    replace: "task?.status === 'running'",
  },
  {
    name: 'no intent: commands are carried out before the commit',
    file: 'src/host/driver.ts',
    find: `return after(this.#commit(entries, atMs, checkpoint), () => {
      if (!this.#stopped) this.#execute(coalesce(commands));
    });`,
    replace: 'this.#execute(coalesce(commands)); return this.#commit(entries, atMs, checkpoint);',
  },
  {
    name: 'lost wake-up: after waking, the next one is not armed again',
    file: 'src/engine/apply.ts',
    find: 'state.derived.armedAtMs = null;',
    replace: '',
  },
  {
    name: 'double start: an order to start is carried out twice',
    file: 'src/host/orders.ts',
    find: 'return this.#attempts.start(command);',
    replace: 'this.#attempts.start(command); return this.#attempts.start(command);',
  },
];

const root = new URL('../..', import.meta.url).pathname;
const seedsMax = 2000;

describe('a planted bug is noticed by the simulated world', () => {
  test.each(mutants)('$name', { timeout: 120_000 }, async (mutant) => {
    const worlds = await bundleWith(mutant);
    await expect(firstBrokenSeed(worlds)).resolves.toBeLessThanOrEqual(seedsMax);
  });

  test('and without one it notices nothing', { timeout: 120_000 }, async () => {
    const worlds = await bundleWith(null);
    await expect(firstBrokenSeed(worlds, 200)).resolves.toBe(Number.POSITIVE_INFINITY);
  });
});

async function firstBrokenSeed({ World: Mutated }: { readonly World: typeof World }, max = seedsMax): Promise<number> {
  for (let seed = 1; seed <= max; seed++) {
    const faults = {
      crashes: 3,
      storageErrors: false,
      pauses: true,
      cancels: true,
      oddWakeUps: seed % 2 === 1,
      strategies: false,
      forks: false,
    };
    try {
      await new Mutated(seed, faults).run();
    } catch {
      return seed;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** The world and everything below it, with the mutant's text in place. */
async function bundleWith(mutant: Mutant | null): Promise<{ readonly World: typeof World }> {
  const outfile = join(tmpdir(), `heddle-mutant-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  await build({
    entryPoints: [join(root, 'test/sim/world.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    plugins: mutant === null ? [] : [plant(mutant)],
  });
  try {
    return await import(/* @vite-ignore */ pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

function plant({ file, find, replace }: Mutant) {
  return {
    name: 'mutant',
    setup(bundle: import('esbuild').PluginBuild): void {
      bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.endsWith(file)) return undefined;
        const source = readFileSync(path, 'utf8');
        if (source.split(find).length !== 2)
          throw new Error(`the mutant's text does not occur exactly once in ${file}: ${find}`);
        return { contents: source.replace(find, replace), loader: 'ts' };
      });
    },
  };
}
