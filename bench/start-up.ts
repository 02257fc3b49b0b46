import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inChromium } from './harness/chromium.ts';
import { startEdge } from './harness/edge.ts';
import { isQuick, type Measured, summarise } from './harness/measure.ts';
import type { Section } from './harness/report.ts';

const times = isQuick ? 5 : 11;

/** ms from nothing to the first task, and to the first result that is kept. */
interface StartUp {
  readonly firstMs: number;
  readonly endedMs: number;
}

/** How long one waits in each home, from a start with nothing loaded, until a first task runs and a first result is there. */
export default async function question(): Promise<readonly Section[]> {
  await build({
    entryPoints: ['bench/start-up/first-task.ts'],
    outfile: 'bench/build/start-up/first-task.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const homes = {
    'in-process, memory': await repeat(() => inNode('memory')),
    'in-process, SQLite': await repeat(() => inNode('sqlite')),
    page: await inPage(),
    edge: await repeat(atEdge),
  };
  const rows = Object.entries(homes).map(([what, found]) => ({ what, per: 1, measured: measured(found) }));
  return [{ title: 'Start-up with nothing loaded', unit: 'ms', baseline: '', rows }];
}

function measured(found: readonly StartUp[]): readonly Measured[] {
  const of = (name: string, pick: (one: StartUp) => number) =>
    summarise(
      name,
      found.map((one) => pick(one) * 1e6),
    );
  return [of('to the first task', ({ firstMs }) => firstMs), of('to the first result', ({ endedMs }) => endedMs)];
}

async function repeat(once: () => Promise<StartUp>): Promise<readonly StartUp[]> {
  const found: StartUp[] = [];
  for (let index = 0; index < times; index++) found.push(await once());
  return found;
}

/** A fresh process, from the moment its own script begins: what node itself takes is nobody's. */
async function inNode(store: string): Promise<StartUp> {
  const text = execFileSync(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'bench/build/start-up/first-task.mjs',
    store,
  ]);
  const { begunMs, firstMs, endedMs } = JSON.parse(text.toString());
  return { firstMs: firstMs - begunMs, endedMs: endedMs - begunMs };
}

/** A fresh page each time, from navigation on; the browser runs already and has nothing of it in its cache. */
function inPage(): Promise<readonly StartUp[]> {
  return inChromium('start-up-page', ['first-task', 'first-task-worker'], ({ url, browser }) =>
    repeat(async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'started' in globalThis);
      const started = await page.evaluate(() => (globalThis as never as { started: StartUp }).started);
      await context.close();
      return started;
    }),
  );
}

/** The first request to a workerd that has just come up: the Worker and all its objects begin with it. Clocks stand still inside. */
async function atEdge(): Promise<StartUp> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-start-'));
  const miniflare = await startEdge(folder);
  try {
    const url = (await miniflare.ready).href.replace(/\/$/, '');
    const first = await execute(url);
    // What a request to objects that are there takes is the way there and back, which is not start-up.
    const second = await execute(url);
    return { firstMs: Math.max(0, first - second / 2), endedMs: first };
  } finally {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function execute(url: string): Promise<number> {
  const program = { heddle: 1, name: 'first', nodes: { a: { module: 'noop', with: {} } } };
  const startMs = performance.now();
  const answer = await fetch(`${url}/v1/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ program, inputs: {} }),
  });
  const text = await answer.text();
  if (!text.includes('"COMPLETED"')) throw new Error(`${answer.status} ${text.slice(0, 300)}`);
  return performance.now() - startMs;
}
