import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../ports/module-runner.ts';
import type { ValueRef } from '../program/value.ts';
import { durationMsIn } from './skeleton.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One finished task of a simulation; times in ms. */
export interface SimulatedTask {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to slots - 1. */
  readonly worker: number;
}

export interface SimulatedRunnerOptions {
  readonly slots: number;
  readonly time: VirtualTime;
  /** Tasks that may finish; what would finish later never does, as if the host had died. */
  readonly tasksMax: number;
  readonly finished: (task: SimulatedTask) => void;
}

/** Workers that do nothing but take as long as a task takes. A task's output is when it ended, `{ endMs }`. */
export class SimulatedRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: SimulatedRunnerOptions;
  /** Workers without a task, the lowest last. */
  readonly #idle: number[];
  #finished = 0;

  constructor(options: SimulatedRunnerOptions) {
    this.#options = options;
    this.slots = options.slots;
    this.#idle = Array.from({ length: options.slots }, (_, index) => options.slots - 1 - index);
  }

  get stopped(): boolean {
    return this.#finished >= this.#options.tasksMax;
  }

  start({ taskId, input }: ModuleCall, observer: CallObserver): RunningCall {
    const { time, finished } = this.#options;
    const worker = this.#idle.pop() ?? this.slots;
    const startMs = time.exactMs;
    const release = () => {
      this.#idle.push(worker);
      this.#idle.sort((a, b) => b - a);
    };
    const callOff = time.at(startMs + durationMsIn(input), () => {
      if (this.stopped) return;
      this.#finished++;
      release();
      const endMs = time.exactMs;
      finished({ id: taskId, startMs, endMs, worker });
      observer.succeeded({ endMs });
    });
    return {
      abort: (reason) => {
        callOff();
        release();
        observer.failed(reason);
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** When a finished task ended, from its recorded output. */
export function endMsOf(output: ValueRef): number {
  const value = 'value' in output ? output.value : null;
  return typeof value === 'object' && value !== null && 'endMs' in value && typeof value.endMs === 'number'
    ? value.endMs
    : 0;
}
