import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** Where and when figures were made: without it they mean nothing. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly date: string;
  readonly commit: string;
  /** Of the last minute, before the run: above 0 others use the machine too. */
  readonly load: number;
}

export function environment(): Environment {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    date: new Date().toISOString(),
    commit: commit(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
