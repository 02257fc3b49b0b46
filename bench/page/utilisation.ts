/** Runs in the page: the share of their time that two workers have nothing to do while there is something to be done. */
import { createEngine } from '../../src/browser.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { inTurns } from '../harness/in-turns.ts';

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

const workers = 2;
const createWorker = () => new Worker('utilisation-worker.js', { type: 'module' });

async function idleShares(tasks: number, fromMs: number, toMs: number, times: number) {
  const random = new SeededRandom(3);
  const durations = Array.from({ length: tasks }, () => random.int(fromMs, toMs));
  const { engine } = await createEngine({ createWorker, workers, databaseName: `utilisation-${Math.random()}` });
  const nodes = durations.map((ms, task) => [`t${task}`, { module: 'spin', with: { ms } }] as const);
  const program = { heddle: 1 as const, name: 'utilisation', nodes: Object.fromEntries(nodes) };
  const pool = Array.from({ length: workers }, createWorker);
  const contenders: Readonly<Record<string, () => Promise<readonly Span[]>>> = {
    Heddle: async () =>
      Object.values((await engine.execute(program)).result as unknown as { readonly [task: string]: Span }),
    'bare postMessage': () => bare(pool, durations),
  };
  const shares: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (const [round, [name, run]] of inTurns(Object.entries(contenders), 1 + times)) {
    const share = idleShare(await run());
    if (round > 0) shares[name]?.push(share);
  }
  await engine.close();
  return shares;
}

/** From the first start to the last: until then something was ready all the time. */
function idleShare(spans: readonly Span[]): number {
  const first = Math.min(...spans.map(({ fromMs }) => fromMs));
  const last = Math.max(...spans.map(({ fromMs }) => fromMs));
  const busy = spans.reduce((sum, { fromMs, untilMs }) => sum + Math.min(untilMs, last) - fromMs, 0);
  return 1 - busy / (workers * (last - first));
}

/** The floor: whoever has answered is sent the next. Nothing is kept. */
function bare(pool: readonly Worker[], durations: readonly number[]): Promise<readonly Span[]> {
  const spans: Span[] = [];
  let next = 0;
  return new Promise((resolve) => {
    const send = (worker: Worker) => {
      if (next < durations.length) worker.postMessage({ bareMs: durations[next++] });
      else if (spans.length === durations.length) resolve(spans);
    };
    for (const worker of pool) {
      worker.onmessage = ({ data }: MessageEvent<{ readonly bare?: Span }>) => {
        if (data.bare === undefined) return;
        spans.push(data.bare);
        send(worker);
      };
      send(worker);
    }
  });
}

Object.assign(globalThis, { idleShares });
