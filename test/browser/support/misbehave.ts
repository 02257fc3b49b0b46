import type { WorkerPoolRunner } from '../../../src/adapters/browser/worker-pool-runner.ts';
import type { CallObserver } from '../../../src/ports/module-runner.ts';

export type Outcome = { readonly output: unknown } | { readonly code: string };

const ignore = (): void => undefined;

/** One call, and how often it settled. */
export function callOf(
  runner: WorkerPoolRunner,
  input: {
    readonly how: string;
    readonly which: number;
    readonly ms?: number;
    readonly shared?: { readonly list: readonly number[] };
  },
) {
  let settlements = 0;
  let settled: (outcome: Outcome) => void = ignore;
  const outcome = new Promise<Outcome>((resolve) => {
    settled = (told) => {
      settlements++;
      resolve(told);
    };
  });
  const observer: CallObserver = {
    succeeded: (output) => settled({ output }),
    failed: ({ code }) => settled({ code }),
    emitted: ignore,
    progressed: ignore,
    logged: ignore,
    heartbeat: ignore,
    used: ignore,
  };
  const call = { executionId: 'ex', taskId: `t${input.which}`, attempt: 1, generation: 0, module: 'bad', input };
  return { running: runner.start(call, observer), outcome, settlements: () => settlements };
}
