import type { Execution } from './drive/execution.ts';
import type { ExecutionEngine, ExecutionHandle } from './execution-engine.ts';

/** An execution in the hands of a user: what can be asked of it, and what can be asked of its engine about it. */
export function handleOf(engine: ExecutionEngine, execution: Execution): ExecutionHandle {
  const { id } = execution;
  return {
    id,
    get status() {
      return execution.status;
    },
    result: () => execution.complete(),
    monitor: (after) => execution.monitor(after),
    update: () => execution.update(),
    events: (after, limit) => execution.events(after, limit),
    pause: () => engine.pause(id),
    resume: () => engine.resume(id),
    cancel: (reason, options) => engine.cancel(id, reason, options),
    signal: (event, payload) => engine.signal(id, event, payload),
  };
}
