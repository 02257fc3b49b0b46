import { SeededRandom } from '../../src/testing/seeded-random.ts';

/** A program of no-op tasks, as its rivals see it: which tasks each one needs. */
export interface Work {
  readonly what: string;
  readonly needs: readonly (readonly number[])[];
}

/** So many layers of so many tasks, each on 3 of the layer before. */
export function layered(layers: number, width: number): Work {
  const random = new SeededRandom(1);
  const needs = Array.from({ length: layers * width }, (_, task) => {
    const first = (Math.floor(task / width) - 1) * width;
    if (first < 0) return [];
    return [...new Set([0, 1, 2].map(() => random.int(first, first + width - 1)))];
  });
  // The shape is part of the name: by its width a layer decides how many tasks share a commit.
  return { what: `${layers * width} in ${layers} layers`, needs };
}

export function chain(tasks: number): Work {
  return {
    what: `${tasks} chain`,
    needs: Array.from({ length: tasks }, (_, task) => (task === 0 ? [] : [task - 1])),
  };
}

/** One to all, all to one. */
export function fan(tasks: number): Work {
  const middle = Array.from({ length: tasks - 2 }, (_, index) => index + 1);
  return { what: `${tasks} fan`, needs: [[], ...middle.map(() => [0]), middle] };
}

/** With an input of its own, so that no task is handed what others gave. */
export function programOf({ needs }: Work, module = 'noop') {
  const nodes = needs.map(
    (of, task) => [`t${task}`, { module, with: {}, needs: of.map((each) => `t${each}`) }] as const,
  );
  return { heddle: 1 as const, name: 'bench', nodes: Object.fromEntries(nodes), outputs: {} };
}
