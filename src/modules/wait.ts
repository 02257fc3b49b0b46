import { HeddleError } from '../errors.ts';
import { defineModule } from '../ports/module.ts';

/** Longer waits belong to the engine (`sleepMs`), which keeps no slot for them and survives restarts. */
const waitMsMax = 3_600_000;

/** Waits within a task, at most an hour, and gives `{ waitedMs }`. The wait begins anew with each attempt. */
export const wait = defineModule<{ readonly ms: number }, { readonly waitedMs: number }>({
  name: 'wait',
  version: '1',
  description: 'waits within a task',
  input: { type: 'object', required: ['ms'], properties: { ms: { type: 'number', minimum: 0, maximum: waitMsMax } } },
  run: ({ ms }, { signal }) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(new HeddleError({ code: 'ABORTED', message: 'the wait was told to stop' }));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve({ waitedMs: ms });
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
});
