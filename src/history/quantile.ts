/** Values that each stand for `weight` others like them. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * The smallest value that at least the share `q` of all the weight does not exceed (nearest rank); 0 of nothing.
 *
 * @param rising sorted by value
 */
export function quantile(rising: readonly Weighted[], q: number): number {
  const whole = rising.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const { value, weight } of rising) {
    below += weight;
    // Weights are shares of counts, so their sums round; the tolerance is far below the weight of one value.
    if (below >= q * whole - whole * 1e-12) return value;
  }
  return rising.at(-1)?.value ?? 0;
}

export function rising(values: readonly Weighted[]): readonly Weighted[] {
  return [...values].sort((a, b) => a.value - b.value);
}
