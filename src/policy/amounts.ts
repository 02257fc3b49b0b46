/** So much of each type of resource; what is not in it is 0. */
export type Amounts = ReadonlyMap<string, number>;

export function amountsOf(record: Readonly<Record<string, number>>): Amounts {
  return new Map(Object.entries(record));
}

export function sum(all: Iterable<Amounts>): Map<string, number> {
  const total = new Map<string, number>();
  for (const amounts of all) for (const [type, amount] of amounts) total.set(type, (total.get(type) ?? 0) + amount);
  return total;
}

/** `from` less `taken`, never below 0. */
export function without(from: Amounts, taken: Amounts): Map<string, number> {
  const rest = new Map(from);
  for (const [type, amount] of taken) rest.set(type, Math.max(0, (rest.get(type) ?? 0) - amount));
  return rest;
}

/** Sums of amounts such as 0.1 are off by this much of them. */
const rounding = 1e-9;

/** The first type of which there is not enough, `undefined` when all of it fits. */
export function firstLacking(needs: Amounts, free: Amounts): string | undefined {
  for (const [type, amount] of needs) {
    if (amount > 0 && amount > (free.get(type) ?? 0) + amount * rounding) return type;
  }
  return undefined;
}
