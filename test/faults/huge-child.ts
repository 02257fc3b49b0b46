/**
 * A process of its own for the tests of huge programs: `node --max-old-space-size=512 huge-child.ts PROGRAM [FOLDER]` runs
 * it to its end, in memory or in a SQLite file, and prints {@link HugeRun} as one line of JSON.
 */
import { createEngine, defineModule, type Program, type ProgramNode } from 'heddle';

export interface HugeRun {
  readonly status: string;
  readonly error?: string;
  readonly result: unknown;
  readonly tookMs: number;
  /** TASK_COMPLETED facts on the timeline. */
  readonly completed: number;
  /** Times a module was called. */
  readonly calls: number;
  readonly heapPeakBytes: number;
  readonly rssPeakBytes: number;
}

const count = Number(process.env.HUGE ?? 100_000);

const one = defineModule({
  name: 'huge.one',
  version: '1',
  run: (input: { readonly n?: number }) => tally(input.n ?? 0),
});
const counted = { calls: 0, heapPeakBytes: 0 };

function tally(n: number): { readonly n: number } {
  // Nothing here ever waits, so a timer would not come to measure.
  if (counted.calls++ % 500 === 0)
    counted.heapPeakBytes = Math.max(counted.heapPeakBytes, process.memoryUsage().heapUsed);
  return { n: n + 1 };
}

/** A source, 99,998 items, and a node that counts them. */
function fanOut(): Program {
  return {
    heddle: 1,
    name: 'huge-fan-out',
    nodes: {
      source: { module: 'huge.one', with: { n: 0 } },
      each: { module: 'huge.one', with: { n: '${item}' }, forEach: { items: '${input.items}' }, needs: ['source'] },
      end: { module: 'huge.one', with: { n: '${size(each)}' } },
    },
    outputs: { n: '${end.n}' },
  };
}

/** Four nodes a diamond, every diamond after the one before; in the first half only a chain. The last node knows its depth. */
function chainAndDiamonds(): Program {
  const nodes: Record<string, ProgramNode> = {};
  const half = count / 2;
  nodes.n0 = { module: 'huge.one', with: { n: 0 } };
  for (let at = 1; at < half; at++) nodes[`n${at}`] = { module: 'huge.one', with: { n: `\${n${at - 1}.n}` } };
  for (let at = half; at < count; at++) {
    const place = (at - half) % 4;
    const before = at - 1 - (place === 2 ? 1 : 0);
    const with_ = { n: `\${n${before}.n}` };
    nodes[`n${at}`] = { module: 'huge.one', with: with_, ...(place === 3 && { needs: [`n${at - 2}`] }) };
  }
  return { heddle: 1, name: 'huge-chain', nodes, outputs: { n: `\${n${count - 1}.n}` } };
}

const [, , kind, directory] = process.argv;
const program = kind === 'fan-out' ? fanOut() : chainAndDiamonds();
const inputs = kind === 'fan-out' ? { items: Array.from({ length: count - 2 }, (_, index) => index) } : {};
const engine = await createEngine({ modules: [one], ...(directory !== undefined && { directory }) });
const startedAtMs = performance.now();
const { status, error, result, timeline } = await engine.execute(program, inputs);
const run: HugeRun = {
  status,
  ...(error !== undefined && { error: `${error.code}: ${error.message}` }),
  result,
  tookMs: Math.round(performance.now() - startedAtMs),
  completed: timeline.filter(({ type }) => type === 'TASK_COMPLETED').length,
  calls: counted.calls,
  heapPeakBytes: counted.heapPeakBytes,
  rssPeakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(run));
process.exit(0);
