import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** The node that runs the tests; the system's may be older than the product supports. */
const node = process.execPath;

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export function heddle(...args: readonly string[]): Finished {
  return heddleReading('', ...args);
}

export function heddleReading(stdin: string, ...args: readonly string[]): Finished {
  const { status, stdout, stderr } = spawnSync(node, [command, ...args], {
    input: stdin,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

/** Starts the command line and leaves it running. */
export function spawnHeddle(...args: readonly string[]) {
  return spawn(node, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The JSON documents a run printed, one a line. */
export function documents(stdout: string): readonly unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function fileOf(content: unknown, name = 'program.json'): string {
  const path = join(folder(), name);
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
  return path;
}

/** a → b and c → d */
export const diamond = {
  heddle: 1,
  name: 'diamond',
  nodes: Object.fromEntries(
    [
      ['a', []],
      ['b', ['a']],
      ['c', ['a']],
      ['d', ['b', 'c']],
    ].map(([id, needs]) => [id, { module: 'sim.task', with: { runtimeS: 0 }, needs }]),
  ),
};
