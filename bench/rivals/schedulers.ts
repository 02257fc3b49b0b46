import type { Plan } from '../../src/plan/plan.ts';

/** First come, first served: a free worker takes what has been ready longest, ties by the order of the file. */
export function fifo({ nodes, dependencies, dependents, durations }: Plan, workers: number): number {
  const waitsFor = dependencies.map((of) => of.length);
  const queue = nodes.flatMap(({ index }) => (waitsFor[index] === 0 ? [index] : []));
  let running: { readonly end: number; readonly node: number }[] = [];
  let now = 0;
  for (let head = 0; head < queue.length || running.length > 0; ) {
    while (running.length < workers && head < queue.length) {
      const node = queue[head++] ?? 0;
      running.push({ end: now + (durations[node] ?? 0), node });
    }
    now = Math.min(...running.map(({ end }) => end));
    const ended = running.filter(({ end }) => end === now);
    running = running.filter(({ end }) => end !== now);
    for (const { node } of ended) {
      for (const next of dependents[node] ?? []) {
        const left = (waitsFor[next] ?? 0) - 1;
        waitsFor[next] = left;
        if (left === 0) queue.push(next);
      }
    }
  }
  return now;
}

/** Nothing of a level starts before all of the level before has ended; within one, in the order of the file. */
export function levelBarrier({ order, levels, depth, durations }: Plan, workers: number): number {
  let now = 0;
  for (let level = 0; level < depth; level++) {
    const free = new Float64Array(workers).fill(now);
    for (const node of order) {
      if (levels[node] !== level) continue;
      const worker = free.indexOf(Math.min(...free));
      free[worker] = (free[worker] ?? 0) + (durations[node] ?? 0);
      now = Math.max(now, free[worker] ?? 0);
    }
  }
  return now;
}
