/** Of the rounds of one rival at one size, in ms. */
export interface Spread {
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  readonly rounds: number;
}

export function spreadOf(roundsMs: readonly number[]): Spread {
  const sorted = roundsMs.toSorted((a, b) => a - b);
  return {
    medianMs: quantile(sorted, 0.5),
    p10Ms: quantile(sorted, 0.1),
    p90Ms: quantile(sorted, 0.9),
    rounds: sorted.length,
  };
}

/** Linear between the two nearest (Hyndman & Fan 1996, type 7). */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

export interface Point {
  readonly nodes: number;
  readonly spread: Spread;
}

/**
 * From which number of nodes on one is faster than the other at every larger size that was measured, by the medians, with
 * bands that do not overlap; undefined when it never is for good.
 */
export function crossover(one: readonly Point[], other: readonly Point[]): number | undefined {
  let from: number | undefined;
  for (const { nodes, spread } of one) {
    const rival = other.find((point) => point.nodes === nodes)?.spread;
    if (rival === undefined) continue;
    if (spread.p90Ms >= rival.p10Ms) from = undefined;
    else from ??= nodes;
  }
  return from;
}
