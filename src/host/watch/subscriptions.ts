import type { Execution } from '../drive/execution.ts';
import type { ExecutionEventCallback } from '../view/execution-view.ts';

/** Callbacks that follow executions, and how to stop each. */
export class Subscriptions {
  readonly #stops = new Map<string, Map<ExecutionEventCallback, () => void>>();

  add(execution: Execution, callback: ExecutionEventCallback): void {
    const stops = this.#stops.get(execution.id) ?? new Map<ExecutionEventCallback, () => void>();
    if (stops.has(callback)) return;
    this.#stops.set(execution.id, stops);
    let active = true;
    const updates = execution.monitor();
    stops.set(callback, () => {
      active = false;
      void updates.return();
    });
    const follow = async (): Promise<void> => {
      for await (const update of updates) {
        if (!active) return;
        callback(update);
      }
    };
    follow().catch((thrown) => {
      // When the driver stops, the stream ends by an error that result() tells. What a callback throws is for its owner to see.
      if (active && !execution.feed.ended) throw thrown;
    });
  }

  remove(executionId: string, callback: ExecutionEventCallback): void {
    this.#stops.get(executionId)?.get(callback)?.();
    this.#stops.get(executionId)?.delete(callback);
  }
}
