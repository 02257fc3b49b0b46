import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { inTurns } from './harness/in-turns.ts';
import { isQuick, summarise } from './harness/measure.ts';
import type { Row, Section } from './harness/report.ts';

const contenders = ['WASM', 'typed-array JS', 'Map and Set'] as const;
const processes = isQuick ? 5 : 21;

/** What the first calls of a fresh process take: compiling, instantiating and warming up are part of it. */
export default async function question(): Promise<readonly Section[]> {
  await build({
    entryPoints: ['bench/cold/first-calls.ts'],
    outfile: 'bench/build/first-calls.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const rows: Row[] = [];
  for (const [nodes, calls] of [
    [100, 1],
    [1000, 1],
    [1000, 10],
    [10_000, 1],
  ] as const) {
    const found = contenders.map((name) => ({ name, samples: [] as number[] }));
    for (const [, { name, samples }] of inTurns(found, processes)) samples.push(firstCalls(name, nodes, calls));
    const measured = found.map(({ name, samples }) => summarise(name, samples));
    rows.push({ what: `first ${calls === 1 ? 'call' : `${calls} calls`}, ${nodes} nodes`, per: 1, measured });
  }
  return [{ title: 'Cold: in a fresh process, compile included', unit: 'ms', baseline: 'WASM', rows }];
}

function firstCalls(name: string, nodes: number, calls: number): number {
  const text = execFileSync(process.execPath, ['bench/build/first-calls.mjs', name, String(nodes), String(calls)]);
  return Number(text.toString());
}
