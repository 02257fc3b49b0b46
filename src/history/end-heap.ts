interface End {
  readonly endMs: number;
  readonly node: number;
}

/** What ends when: a binary heap, the earliest first; of the same time, the lower node. */
export class EndHeap {
  readonly #ends: End[] = [];

  /** Undefined when nothing is in it. */
  get firstMs(): number | undefined {
    return this.#ends[0]?.endMs;
  }

  add(endMs: number, node: number): void {
    const end = { endMs, node };
    const ends = this.#ends;
    let at = ends.push(end) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = ends[above];
      if (parent === undefined || !isEarlier(end, parent)) break;
      ends[at] = parent;
      at = above;
    }
    ends[at] = end;
  }

  take(): End | undefined {
    const ends = this.#ends;
    const first = ends[0];
    const last = ends.pop();
    if (last === undefined || ends.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = ends[2 * at + 1];
      const right = ends[2 * at + 2];
      if (left === undefined) break;
      const goRight = right !== undefined && isEarlier(right, left);
      const child = goRight ? right : left;
      if (!isEarlier(child, last)) break;
      ends[at] = child;
      at = 2 * at + (goRight ? 2 : 1);
    }
    ends[at] = last;
    return first;
  }
}

function isEarlier(a: End, b: End): boolean {
  return a.endMs < b.endMs || (a.endMs === b.endMs && a.node < b.node);
}
