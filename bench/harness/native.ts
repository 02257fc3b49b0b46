import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { BenchGraph } from './graphs.ts';
import type { Measured } from './measure.ts';

const source = 'bench/native/solve.c';
const program = 'bench/build/solve';

/** The same algorithm in C, on the same graphs, for so many ms; undefined where there is no compiler. */
export function native(graphs: readonly BenchGraph[], ms: number): Measured | undefined {
  if (!compiled()) return undefined;
  const file = 'bench/build/graphs.bin';
  writeFileSync(file, Buffer.concat([bytes(Uint32Array.of(graphs.length)), ...graphs.flatMap(partsOf)]));
  const text = execFileSync(program, [file, String(ms)], { encoding: 'utf8' });
  const [p10Ns = 0, medianNs = 0, p90Ns = 0, rounds = 0] = text.split(' ').map(Number);
  return { name: 'C -O3', medianNs, p10Ns, p90Ns, rounds };
}

function compiled(): boolean {
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return true;
  mkdirSync('bench/build', { recursive: true });
  return spawnSync('cc', ['-O3', '-march=native', '-o', program, source]).status === 0;
}

function partsOf({ nodes, from, to, durations }: BenchGraph): readonly Uint8Array[] {
  return [bytes(Uint32Array.of(nodes, from.length)), bytes(from), bytes(to), bytes(durations)];
}

function bytes(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
