import type { Execution } from './drive/execution.ts';
import type { ExecutionEngine, ExecutionHandle } from './execution-engine.ts';

const executionOf = Symbol('execution');

/**
 * One for all handles: V8 puts the function of a getter in a literal among its old objects at once, and what it refers to, the whole
 * execution, stays until the next full collection.
 */
const statusMember = {
  enumerable: true,
  get(this: { readonly [executionOf]: Execution }): ExecutionHandle['status'] {
    return this[executionOf].status;
  },
};

/** An execution in the hands of a user: what can be asked of it, and what can be asked of its engine about it. */
export function handleOf(engine: ExecutionEngine, execution: Execution): ExecutionHandle {
  const { id } = execution;
  const handle: Omit<ExecutionHandle, 'status'> = {
    id,
    result: () => execution.complete(),
    monitor: (after) => execution.monitor(after),
    update: () => execution.update(),
    events: (after, limit) => execution.events(after, limit),
    pause: () => engine.pause(id),
    resume: () => engine.resume(id),
    cancel: (reason, options) => engine.cancel(id, reason, options),
    signal: (event, payload) => engine.signal(id, event, payload),
  };
  Object.defineProperty(handle, executionOf, { value: execution });
  return Object.defineProperty(handle, 'status', statusMember) as ExecutionHandle;
}
