import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type PluginBuild } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { type Mutant, mutants } from './mutants.ts';

const root = new URL('../..', import.meta.url).pathname;
const judges = [...new Set(mutants.map(({ judge }) => judge))];

describe('a planted bug is noticed', () => {
  test.each(mutants)('$name', { timeout: 120_000 }, async (mutant) => {
    expect(await verdict(mutant.judge, mutant)).not.toBe(0);
  });
});

test.each(judges)('without one, the judge of %s is content', { timeout: 120_000 }, async (name) => {
  expect(await verdict(name, null)).toBe(0);
});

/** The exit status of a judge in a process of its own: a mutant may do anything to the one it runs in. */
async function verdict(judge: Mutant['judge'], mutant: Mutant | null): Promise<number | null> {
  const file = await bundled(judge, mutant);
  const run = `import(${JSON.stringify(pathToFileURL(file).href)}).then(({ judge }) => judge(${mutant === null ? 200 : 2000}))`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `await ${run}`], { stdio: 'ignore' });
  try {
    return await new Promise((resolve) => child.on('close', resolve));
  } finally {
    rmSync(file);
  }
}

/** A judge and everything below it, with the mutant's text in place, as one file. */
async function bundled(judge: Mutant['judge'], mutant: Mutant | null): Promise<string> {
  const outfile = join(tmpdir(), `heddle-mutant-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  await build({
    entryPoints: [join(root, `test/sim/judges/${judge}.ts`)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    external: ['node:*', '#kernel.wasm'],
    // A dependency of ours is CommonJS.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire('${root}package.json');`,
    },
    plugins: mutant === null ? [] : [plant(mutant)],
  });
  return outfile;
}

function plant({ file, find, replace }: Mutant) {
  return {
    name: 'mutant',
    setup(bundle: PluginBuild): void {
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
