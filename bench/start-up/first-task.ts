/** A fresh process: says how many ms it was old when its first task ran, and how many when it had a first result. Not a question, start-up.ts runs it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const begunMs = performance.now();
const { createEngine } = (await import(
  new URL('../../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');
const folder = process.argv[2] === 'sqlite' ? mkdtempSync(join(tmpdir(), 'heddle-start-')) : undefined;
let firstMs = 0;
const run = () => {
  firstMs ||= performance.now();
  return { ok: true };
};
const engine = await createEngine({
  modules: [{ name: 'first', version: '1', run }],
  ...(folder !== undefined && { directory: folder }),
});
await engine.execute({ heddle: 1, name: 'first', nodes: { a: { module: 'first' } } });
const endedMs = performance.now();
await engine.close();
if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ begunMs, firstMs, endedMs }));
