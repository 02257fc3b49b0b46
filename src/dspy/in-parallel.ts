import { type ErrorData, HeddleError, toErrorData } from '../errors.ts';

export interface ParallelOptions {
  /** At once; default 8. */
  readonly concurrency?: number;
  /** Failures at which the whole is given up; default 10. */
  readonly maxErrors?: number;
  /** How long a straggler may take before it is tried once more; default 120000, 0 for never. */
  readonly timeoutMs?: number;
  /** Stragglers are tried once more when at most so many are left; default 3. */
  readonly stragglerLimit?: number;
  readonly signal?: AbortSignal;
}

export interface ParallelOutcome<T> {
  /** In the order of the tasks; null for a failure. */
  readonly results: readonly (T | null)[];
  readonly failures: readonly { readonly index: number; readonly error: ErrorData }[];
}

interface Running {
  readonly stops: AbortController[];
  readonly timers: ReturnType<typeof setTimeout>[];
  left: number;
  isDone: boolean;
}

/**
 * Runs tasks side by side. A task is told by its signal when it is no longer waited for. When only a few are left, one that
 * takes longer than the timeout is started a second time, and the first of the two to end well counts.
 *
 * @throws TOO_MANY_FAILURES with the failures in its details, ABORTED by the signal
 */
export function inParallel<T>(
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
  { concurrency = 8, maxErrors = 10, timeoutMs = 120_000, stragglerLimit = 3, signal }: ParallelOptions = {},
): Promise<ParallelOutcome<T>> {
  return new Promise((resolve, reject) => {
    const results: (T | null)[] = tasks.map(() => null);
    const failures: { index: number; error: ErrorData }[] = [];
    const running = new Map<number, Running>();
    let [next, done, isOver] = [0, 0, false];

    const end = (told: () => void): void => {
      if (isOver) return;
      isOver = true;
      signal?.removeEventListener('abort', aborted);
      for (const task of running.values()) settle(task);
      told();
    };
    const settle = (task: Running): void => {
      task.isDone = true;
      task.timers.forEach(clearTimeout);
      for (const stop of task.stops) stop.abort();
    };
    const aborted = (): void =>
      end(() =>
        reject(new HeddleError({ code: 'ABORTED', message: 'execution cancelled due to errors or interruption' })),
      );
    const finish = (index: number, task: Running): void => {
      settle(task);
      running.delete(index);
      done++;
      if (done === tasks.length) end(() => resolve({ results, failures: failures.sort((a, b) => a.index - b.index) }));
      else startMore();
    };
    const attempt = (index: number, task: Running): void => {
      const stop = new AbortController();
      task.stops.push(stop);
      task.left++;
      const run = async (): Promise<T> => (tasks[index] as (signal: AbortSignal) => Promise<T>)(stop.signal);
      run().then(
        (result) => {
          if (task.isDone) return;
          results[index] = result;
          finish(index, task);
        },
        (thrown) => {
          task.left--;
          // The other try of a straggler may still do it.
          if (task.isDone || task.left > 0) return;
          failures.push({ index, error: toErrorData(thrown, 'MODULE_FAILED') });
          if (failures.length >= maxErrors) end(() => reject(tooMany(failures, maxErrors)));
          else finish(index, task);
        },
      );
      if (timeoutMs > 0 && task.stops.length === 1)
        task.timers.push(setTimeout(() => tryAgain(index, task), timeoutMs));
    };
    const tryAgain = (index: number, task: Running): void => {
      if (task.isDone || task.stops.length > 1) return;
      if (tasks.length - done <= stragglerLimit) attempt(index, task);
      // Too many are left: looked at again when a while has passed.
      else task.timers.push(setTimeout(() => tryAgain(index, task), Math.min(timeoutMs, 1000)));
    };
    const startMore = (): void => {
      while (!isOver && next < tasks.length && running.size < concurrency) {
        const index = next++;
        const task: Running = { stops: [], timers: [], left: 0, isDone: false };
        running.set(index, task);
        attempt(index, task);
      }
    };

    if (tasks.length === 0) return resolve({ results, failures });
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    startMore();
  });
}

function tooMany(
  failures: readonly { readonly index: number; readonly error: ErrorData }[],
  maxErrors: number,
): HeddleError {
  const [first] = failures;
  return new HeddleError({
    code: 'TOO_MANY_FAILURES',
    message: `execution cancelled due to errors or interruption: ${failures.length} failures reach maxErrors ${maxErrors}; the first: ${first?.error.message}`,
    hint: 'raise maxErrors, or look at details.failures',
    details: { failures: failures.map(({ index, error }) => ({ index, code: error.code, message: error.message })) },
  });
}
