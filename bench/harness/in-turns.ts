/** So many rounds of all contenders, in balanced orders. */
export function* inTurns<T>(
  contenders: readonly T[],
  rounds: number,
): Generator<readonly [round: number, contender: T]> {
  const orders = balancedOrders(contenders.length);
  for (let round = 0; round < rounds; round++) {
    for (const which of orders[round % orders.length] as readonly number[]) yield [round, contenders[which] as T];
  }
}

/**
 * Orders in which so many contenders take turns, such that over all of them everyone goes first, second and so on equally often, and
 * directly after everyone else equally often: what one leaves behind in the caches and on the heap is paid by all alike. With
 * orders that merely rotate, the same one would always come after the same other.
 *
 * E. J. Williams, "Experimental designs balanced for the estimation of residual effects of treatments", Australian Journal of
 * Scientific Research A 2 (1949): a Latin square whose first row is 0, 1, n-1, 2, n-2, ...; for an odd n also its mirror.
 *
 * @returns n orders, or 2n for an odd n; each a permutation of 0 .. n-1
 */
function balancedOrders(count: number): readonly (readonly number[])[] {
  const first = Array.from({ length: count }, (_, place) =>
    place % 2 === 1 ? (place + 1) / 2 : (count - place / 2) % count,
  );
  const square = first.map((_, shift) => first.map((contender) => (contender + shift) % count));
  return count % 2 === 0 ? square : [...square, ...square.map((order) => [...order].reverse())];
}
