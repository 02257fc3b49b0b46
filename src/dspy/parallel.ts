import type { Example, Fields } from './example.ts';
import { inParallel, type ParallelOptions } from './in-parallel.ts';
import type { Module } from './module.ts';
import type { Prediction } from './prediction.ts';
import type { Session } from './session.ts';

/**
 * Runs pairs of a module and its inputs side by side: predictions in the order of the pairs, null for one that failed. Give
 * durable work to an engine instead; this lives and dies with the call.
 *
 * ```ts
 * await new Parallel({ maxErrors: 3 }).call(questions.map((question) => [qa, { question }]), session);
 * ```
 */
export class Parallel {
  readonly #options: Omit<ParallelOptions, 'signal'>;

  constructor(options: Omit<ParallelOptions, 'signal'> = {}) {
    this.#options = options;
  }

  /** @throws TOO_MANY_FAILURES when failures reach `maxErrors`, ABORTED by the session's signal */
  async call(
    pairs: readonly (readonly [module: Module, inputs: Example | Fields])[],
    session: Session,
  ): Promise<readonly (Prediction | null)[]> {
    const tasks = pairs.map(([module, inputs]) => async (signal: AbortSignal) => {
      const own = session.fresh({ signal: AbortSignal.any([signal, session.signal]) });
      try {
        return await module.call(inputs, own);
      } finally {
        for (const [model, usage] of Object.entries(own.usage.byModel)) session.usage.add(model, usage);
      }
    });
    const { results, failures } = await inParallel(tasks, { ...this.#options, signal: session.signal });
    for (const { index, error } of failures) session.context.log(`example ${index} failed: ${error.message}`);
    return results;
  }
}

/** One module over many inputs, as {@link Parallel} does it. */
export function batch(
  module: Module,
  inputs: readonly (Example | Fields)[],
  session: Session,
  options?: Omit<ParallelOptions, 'signal'>,
): Promise<readonly (Prediction | null)[]> {
  return new Parallel(options).call(
    inputs.map((each) => [module, each]),
    session,
  );
}
