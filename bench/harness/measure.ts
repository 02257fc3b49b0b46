import { inTurns } from './in-turns.ts';
import { warmUp } from './warm-up.ts';

/** One contender: `run` does the whole work once and gives something that depends on all of it. */
export interface Contender {
  readonly name: string;
  /** @returns ns it took itself to do, when that is not all of it */
  readonly run: (round: number) => unknown;
  /** Called once a round, outside of the time. */
  readonly prepare?: (round: number) => void;
}

export interface Measured {
  readonly name: string;
  /** ns of one run. */
  readonly medianNs: number;
  readonly p10Ns: number;
  readonly p90Ns: number;
  readonly rounds: number;
}

export interface MeasureOptions {
  /** Each contender gets about so many ms in all. */
  readonly budgetMs?: number;
  readonly roundsMin?: number;
  readonly roundsMax?: number;
  /** Runs in one round at most: their mean is one sample. */
  readonly batchMax?: number;
}

/** Of one batch. */
const sampleMs = 10;

/** Asked for with `--quick`: fewer and shorter rounds, and no graph of a million nodes. */
export const isQuick = process.env.BENCH_QUICK === '1';

/**
 * Measures contenders interleaved: every round runs each once, in balanced orders, so that what else the machine does, and what
 * the one before left behind, hits all alike. A sample is the mean of a batch that takes about 10 ms: after others had the
 * caches, the first run says more of them. Before, each is warmed up: for a fifth of its budget, and on for as long as it gets
 * faster.
 */
export async function measure(
  contenders: readonly Contender[],
  options: MeasureOptions = {},
): Promise<readonly Measured[]> {
  const { budgetMs: wholeMs = 1200, roundsMin = 7, roundsMax = 41, batchMax = 4096 } = options;
  const budgetMs = isQuick ? wholeMs / 3 : wholeMs;
  const warm: { readonly contender: Contender; readonly batch: number; readonly samples: number[] }[] = [];
  let slowestMs = 0;
  for (const contender of contenders) {
    contender.prepare?.(0);
    const perRunMs = await warmUp(contender.run, budgetMs / 5);
    slowestMs = Math.max(slowestMs, perRunMs);
    warm.push({ contender, batch: Math.min(batchMax, Math.max(1, Math.round(sampleMs / perRunMs))), samples: [] });
  }
  const rounds = Math.min(
    roundsMax,
    Math.max(isQuick ? Math.min(5, roundsMin) : roundsMin, Math.round(budgetMs / Math.max(sampleMs, slowestMs))),
  );
  for (const [round, { contender, batch, samples }] of inTurns(warm, rounds)) {
    contender.prepare?.(round);
    const startNs = process.hrtime.bigint();
    for (let run = 0; run < batch; run++) {
      const done = contender.run(round * batch + run);
      if (done instanceof Promise) await done;
    }
    samples.push(Number(process.hrtime.bigint() - startNs) / batch);
  }
  return warm.map(({ contender, samples }) => summarise(contender.name, samples));
}

export function summarise(name: string, samplesNs: readonly number[]): Measured {
  const sorted = [...samplesNs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))] as number;
  return { name, medianNs: at(0.5), p10Ns: at(0.1), p90Ns: at(0.9), rounds: sorted.length };
}
