import { crossover, type Point, type Spread } from './statistics.ts';
import { type Task, tasks } from './workload.ts';

export const rivalNames = ['WASM kernel', 'plain JS kernel', 'idiomatic JS'] as const;

export interface Measurement {
  readonly task: Task;
  readonly rival: string;
  readonly nodes: number;
  readonly edges: number;
  readonly spread: Spread;
  /** All rivals computed the same. */
  readonly agreed: boolean;
}

/** From the worker to the page. */
export type WorkerMessage =
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'unavailable'; readonly rival: string; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done' };

export function pointsOf(measurements: readonly Measurement[], task: Task, rival: string): readonly Point[] {
  return measurements.filter((each) => each.task === task && each.rival === rival);
}

/** Which is faster from where on, said as it is, also when it is to our disadvantage. */
export function verdictsOf(measurements: readonly Measurement[], task: Task): readonly string[] {
  const [wasm, ...others] = rivalNames;
  const ours = pointsOf(measurements, task, wasm);
  return others.flatMap((rival) => {
    const theirs = pointsOf(measurements, task, rival);
    const common = ours.filter(({ nodes }) => theirs.some((point) => point.nodes === nodes));
    const [first, last] = [common[0]?.nodes, common.at(-1)?.nodes];
    if (first === undefined || last === undefined) return [];
    const won = crossover(common, theirs);
    const lost = crossover(theirs, common);
    const factor = factorAt(ours, theirs, last);
    const at = `at ${count(last)} nodes by a factor of ${factor.toFixed(1)}`;
    if (won === first) return [`${wasm} is faster than ${rival} at every size measured; ${at}.`];
    if (won !== undefined) return [`${wasm} is faster than ${rival} from ${count(won)} nodes on; ${at}.`];
    if (lost === first) return [`${rival} is faster than ${wasm} at every size measured.`];
    if (lost !== undefined) return [`${rival} is faster than ${wasm} from ${count(lost)} nodes on.`];
    return [
      `Between ${wasm} and ${rival} there is no clear winner at ${count(last)} nodes: their p10–p90 bands overlap.`,
    ];
  });
}

function factorAt(ours: readonly Point[], theirs: readonly Point[], nodes: number): number {
  const at = (points: readonly Point[]): number => points.find((point) => point.nodes === nodes)?.spread.medianMs ?? 0;
  return at(theirs) / at(ours);
}

export const count = (nodes: number): string => nodes.toLocaleString('en');

export interface Environment {
  readonly userAgent: string;
  readonly cores: number;
  /** Of `performance.now()`, in ms, as far as it was seen. */
  readonly clockStepMs: number;
}

/** Everything that is needed to compare with another machine. */
export function reportOf(measurements: readonly Measurement[], environment: Environment): string {
  const verdicts = Object.fromEntries(tasks.map((task) => [task, verdictsOf(measurements, task)]));
  return `${JSON.stringify({ environment, verdicts, measurements }, null, 2)}\n`;
}

/** The least step of the clock in so many tries: browsers make it coarse on purpose. */
export function clockStepMs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 50; tries++) {
    const from = performance.now();
    let until = from;
    while (until === from) until = performance.now();
    least = Math.min(least, until - from);
  }
  return Math.round(least * 10_000) / 10_000;
}
