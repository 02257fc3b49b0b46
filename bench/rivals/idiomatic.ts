/** How one writes it in JavaScript without thinking of speed: ids, Maps, Sets and arrays. */
export interface Idiomatic {
  readonly order: string[];
  readonly levels: Map<string, number>;
  readonly path: string[];
}

export function idiomatic(
  nodes: readonly { readonly id: string; readonly duration: number }[],
  edges: readonly (readonly [string, string])[],
): Idiomatic {
  const next = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  const waitsFor = new Map<string, number>(nodes.map(({ id }) => [id, 0]));
  for (const [from, to] of edges) {
    next.get(from)?.push(to);
    waitsFor.set(to, (waitsFor.get(to) ?? 0) + 1);
  }
  const levels = new Map<string, number>();
  const order: string[] = [];
  let level = nodes.filter(({ id }) => waitsFor.get(id) === 0).map(({ id }) => id);
  for (let depth = 0; level.length > 0; depth++) {
    const following: string[] = [];
    for (const id of level) {
      order.push(id);
      levels.set(id, depth);
      for (const to of next.get(id) ?? []) {
        const left = (waitsFor.get(to) ?? 0) - 1;
        waitsFor.set(to, left);
        if (left === 0) following.push(to);
      }
    }
    level = following;
  }
  if (order.length < nodes.length) throw new Error('there is a cycle');
  const duration = new Map(nodes.map(({ id, duration }) => [id, duration]));
  const longest = new Map<string, number>();
  for (const id of order.toReversed()) {
    let below = 0;
    for (const to of next.get(id) ?? []) below = Math.max(below, longest.get(to) ?? 0);
    longest.set(id, below + (duration.get(id) ?? 0));
  }
  const best = (ids: readonly string[]) =>
    ids.reduce<string | undefined>(
      (found, id) => (found === undefined || (longest.get(id) ?? 0) > (longest.get(found) ?? 0) ? id : found),
      undefined,
    );
  const path: string[] = [];
  for (let id = best(order.filter((each) => levels.get(each) === 0)); id !== undefined; id = best(next.get(id) ?? []))
    path.push(id);
  return { order, levels, path };
}
