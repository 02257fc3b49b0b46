import type { CallObserver } from '../../ports/module-runner.ts';

/** Passes on what a call tells on its way, to an observer of any make, and leaves its end to `end`. */
export function relay(to: CallObserver, end: Pick<CallObserver, 'succeeded' | 'failed'>): CallObserver {
  return {
    succeeded: end.succeeded,
    failed: end.failed,
    emitted: (chunk) => to.emitted(chunk),
    progressed: (fraction) => to.progressed(fraction),
    logged: (message, context) => to.logged(message, context),
    heartbeat: () => to.heartbeat(),
    used: (usage) => to.used(usage),
  };
}
