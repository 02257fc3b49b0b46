import { HeddleError } from '../errors.ts';
import type { Module, ModuleContext } from '../ports/module.ts';

/** Rounds of integer work that stand for one second of one core; an amount of work and not of time, so that it ends where clocks stand still (Workers). */
const roundsPerSecond = 2e8;
/** Work done between two looks at the abort signal. */
const roundsPerSlice = 1e7;

/** How recorded tasks are run. */
export interface SimulationMode {
  /** Seconds that stand for a recorded second. */
  readonly scale?: number;
  readonly mode?: 'sleep' | 'burn';
}

export interface SimulatedTaskInput extends SimulationMode {
  readonly runtimeS: number;
  readonly options?: SimulationMode;
}

export const optionsSchema = {
  type: 'object',
  properties: { scale: { type: 'number', minimum: 0 }, mode: { enum: ['sleep', 'burn'] } },
} as const;

/**
 * Stands for a task whose program is not at hand: takes `runtimeS` × `scale` seconds and returns `{ runtimeS }`.
 * `mode` is `sleep` (waits, the default) or `burn` (computes). What is not given is taken from `options`, then `scale` is 0.001.
 */
export const simulatedTask: Module<SimulatedTaskInput, { readonly runtimeS: number }> = {
  name: 'sim.task',
  version: '1',
  description: 'takes as long as a recorded task took, times a scale; sleeps or burns CPU',
  input: {
    type: 'object',
    required: ['runtimeS'],
    properties: { runtimeS: { type: 'number', minimum: 0 }, ...optionsSchema.properties, options: optionsSchema },
  },
  output: { type: 'object', required: ['runtimeS'], properties: { runtimeS: { type: 'number' } } },
  run: runSimulatedTask,
};

async function runSimulatedTask({ options, ...own }: SimulatedTaskInput, { signal }: ModuleContext) {
  const { runtimeS, scale = 0.001, mode = 'sleep' } = { ...options, ...own };
  const seconds = runtimeS * scale;
  if (seconds > 0) await (mode === 'burn' ? burn(seconds, signal) : pause(seconds * 1000, signal));
  return { runtimeS };
}

async function burn(seconds: number, signal: AbortSignal): Promise<void> {
  let hash = 0x9e3779b9;
  for (let left = seconds * roundsPerSecond; left > 0; left -= roundsPerSlice) {
    for (let round = Math.min(left, roundsPerSlice); round > 0; round--)
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) + 1;
    await pause(0, signal);
  }
  // The result has to be looked at, or a compiler may leave the work out.
  if (Number.isNaN(hash)) throw new RangeError('integer work gave no integer');
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(new HeddleError({ code: 'ABORTED', message: 'the simulated task was told to stop' }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, delayMs);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
