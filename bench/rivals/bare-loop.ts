import type { Work } from '../harness/programs.ts';

/** The floor: a ready list and counters, every task awaited as a promise of its own, nothing kept. */
export function bareLoop({ needs }: Work, task: (index: number) => Promise<unknown>, done?: (index: number) => void) {
  const next: number[][] = needs.map(() => []);
  const waitsFor = needs.map((of) => of.length);
  needs.forEach((of, index) => {
    for (const each of of) next[each]?.push(index);
  });
  let open = needs.length;
  return new Promise<void>((resolve) => {
    const start = (index: number) => {
      task(index).then(() => {
        done?.(index);
        for (const each of next[index] ?? []) {
          const left = (waitsFor[each] ?? 0) - 1;
          waitsFor[each] = left;
          if (left === 0) start(each);
        }
        if (--open === 0) resolve();
      });
    };
    waitsFor.forEach((count, index) => {
      if (needs[index]?.length === 0 && count === 0) start(index);
    });
  });
}
