import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEdge } from './harness/edge.ts';
import { isQuick, type Measured, measure } from './harness/measure.ts';
import { chain, layered, programOf, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';

/** Every result durable at the edge, all contenders in one workerd; measured from outside, the ping subtracted. */
export default async function question(): Promise<readonly Section[]> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-edge-'));
  const miniflare = await startEdge(folder);
  try {
    const url = (await miniflare.ready).href.replace(/\/$/, '');
    const rows: Row[] = [];
    const remote: Row[] = [];
    for (const work of [layered(10, 10), chain(100), layered(100, 10), layered(10, 100)]) {
      const [ping, ...measured] = await measure(
        [
          poster(url, 'ping', '/ping', work),
          heddle(url, work, 'noop'),
          poster(url, 'bare object, a row per task', '/rows', work),
          poster(url, 'a new bare object each time, a row per task', '/rows-new', work),
        ],
        { budgetMs: 3000, roundsMin: 5, roundsMax: 21, batchMax: 1 },
      );
      const workflows = await measure([poster(url, 'Cloudflare Workflows', '/workflow', work)], {
        ...{ budgetMs: 300, roundsMin: isQuick ? 1 : 3, roundsMax: 3, batchMax: 1 },
      });
      rows.push({ what: work.what, per: work.needs.length, measured: less([...measured, ...workflows], ping) });
      const [again, ...elsewhere] = await measure(
        [poster(url, 'ping', '/ping', work), heddle(url, work, 'noop.cpu'), poster(url, 'bare waves', '/waves', work)],
        { budgetMs: 3000, roundsMin: 5, roundsMax: 11, batchMax: 1 },
      );
      remote.push({ what: work.what, per: work.needs.length, measured: less(elsewhere, again) });
    }
    return [
      {
        title: 'Edge: every result durable in a Durable Object, inline modules; per task',
        unit: 'µs',
        baseline: 'Heddle',
        rows,
      },
      { title: 'Edge: every module on a runner object; per task', unit: 'µs', baseline: 'Heddle', rows: remote },
    ];
  } finally {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function less(measured: readonly Measured[], ping: Measured | undefined): readonly Measured[] {
  const ns = ping?.medianNs ?? 0;
  return measured.map(({ medianNs, p10Ns, p90Ns, ...rest }) => ({
    ...rest,
    medianNs: medianNs - ns,
    p10Ns: p10Ns - ns,
    p90Ns: p90Ns - ns,
  }));
}

function poster(url: string, name: string, path: string, { needs, what }: Work) {
  const body = JSON.stringify({ what, needs });
  const run = async () => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  return { name, run };
}

function heddle(url: string, work: Work, module: string) {
  const body = JSON.stringify({ program: programOf(work, module), inputs: {} });
  const headers = { 'content-type': 'application/json', prefer: 'wait=30' };
  const run = async () => {
    const answer = await fetch(`${url}/v1/executions`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (!text.includes('"COMPLETED"')) throw new Error(`Heddle: ${answer.status} ${text.slice(0, 300)}`);
  };
  return { name: 'Heddle', run };
}
