import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { HugeRun } from './huge-child.ts';

const child = fileURLToPath(new URL('huge-child.ts', import.meta.url));

/** Runs a program of 100,000 tasks in a process of its own, whose heap may not grow beyond 512 MB. */
async function run(kind: 'fan-out' | 'chain', directory?: string): Promise<HugeRun> {
  const args = ['--max-old-space-size=512', child, kind, ...(directory === undefined ? [] : [directory])];
  const { stdout, stderr, status } = await new Promise<{ stdout: string; stderr: string; status: number | null }>(
    (resolve, reject) => {
      const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { stdout: '', stderr: '' };
      process_.stdout.on('data', (text) => (said.stdout += text));
      process_.stderr.on('data', (text) => (said.stderr += text));
      process_.on('error', reject);
      process_.on('close', (status) => resolve({ ...said, status }));
    },
  );
  if (status !== 0) throw new Error(`the child ended with ${status}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as HugeRun;
}

describe('HO1, DP2 a program of 100,000 tasks runs to its end in 512 MB of heap, each task once', () => {
  const kinds = [
    // 99,998 items, and the node after them counts them; the forEach node completes too.
    ['fan-out', { n: 99_999 }, 100_001],
    // 50,000 nodes in a row, then 12,500 diamonds of three levels each.
    ['chain', { n: 87_500 }, 100_000],
  ] as const;
  const homes = ['in memory', 'in a SQLite file'] as const;

  test.each(kinds.flatMap((kind) => homes.map((home) => [home, ...kind] as const)))(
    '%s: %s',
    { timeout: 60_000 },
    async (home, kind, result, completed) => {
      const directory = home === 'in memory' ? undefined : mkdtempSync(join(tmpdir(), 'heddle-huge-'));
      try {
        const told = await run(kind, directory);
        expect(told).toMatchObject({ status: 'COMPLETED', result, completed, calls: 100_000 });
        expect(told.heapPeakBytes).toBeLessThan(512 * 2 ** 20);
        console.log(`${home}, ${kind}: ${Math.round(told.tookMs)} ms`);
      } finally {
        if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});
