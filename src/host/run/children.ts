import type { StartAttempt } from '../../engine/command.ts';
import type { ParentRef } from '../../engine/lineage.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { type ErrorData, HeddleError, isHeddleError, toErrorData } from '../../errors.ts';
import { attemptTraceparent } from '../../observe/span-ids.ts';
import { formatTraceparent } from '../../observe/traceparent.ts';
import type { CallObserver, RunningCall } from '../../ports/module-runner.ts';
import { sha256Hex, utf8 } from '../../program/digest.ts';
import { limits } from '../../program/limits.ts';
import type { Value } from '../../program/value.ts';
import type { ExecutionHandle } from '../execution-engine.ts';
import type { ProgramSource } from '../programs/program-source.ts';
import { taskIdOf } from '../task-names.ts';
import type { ProgramWork } from '../values/work.ts';
import type { ExecutionResult } from '../view/execution-view.ts';

const reopeningsMax = 20;
const reopenMs = 100;

/** Who a sub-program's execution is. */
interface Child {
  readonly executionId: string;
  readonly parent: ParentRef;
  /** Of the attempt that runs it. */
  readonly traceparent: string;
}

/** What sub-programs need of the engine. */
export interface ChildEngine {
  begin(source: ProgramSource, inputs: Value, child: Child): Promise<ExecutionHandle>;
  open(executionId: string): Promise<ExecutionHandle>;
  cancel(executionId: string, reason?: string): Promise<void>;
  wait(executionId: string, ms: number): Promise<void>;
  /** The program of that name. @throws NOT_FOUND */
  programNamed(name: string): Promise<ProgramSource>;
}

/**
 * Sub-programs: each try of a task with a `program` is an execution of its own, with its own journal. Its id follows
 * from the task and the try, so that after a crash the next attempt finds the execution it left and waits for its end.
 */
export class Children {
  readonly #engine: ChildEngine;

  constructor(engine: ChildEngine) {
    this.#engine = engine;
  }

  start(state: ExecutionState, command: StartAttempt, work: ProgramWork, observer: CallObserver): RunningCall {
    const parent = {
      executionId: state.executionId,
      taskId: taskIdOf(command),
      depth: (state.parent?.depth ?? 0) + 1,
    };
    const traceparent = formatTraceparent(
      attemptTraceparent(state, { taskId: parent.taskId, attempt: command.attempt, repeat: state.restores }),
    );
    const executionId = childId(parent.executionId, parent.taskId, state.generation, command.iteration, command.tries);
    let settled = false;
    const settle = (told: () => void): void => {
      if (settled) return;
      settled = true;
      told();
    };
    const run = async (): Promise<void> => {
      if (parent.depth > limits.programDepthMax) throw tooDeep(parent);
      const { status, result = null, error, usage } = await this.#resultOf({ executionId, parent, traceparent }, work);
      if (usage !== undefined && !settled) observer.used(usage);
      if (status === 'COMPLETED') return settle(() => observer.succeeded(result));
      const { code, message } = error ?? { code: 'ABORTED', message: `it ${status.toLowerCase()}` };
      settle(() => observer.failed(failed(code, `sub-program ${executionId}: ${message}`, executionId)));
    };
    run().catch((thrown) => settle(() => observer.failed(toErrorData(thrown, 'ABORTED'))));
    return {
      abort: (reason) => {
        settle(() => observer.failed(reason));
        // It may have ended, or never begun: either way there is nothing to cancel.
        this.#engine.cancel(executionId, reason.message).catch(() => undefined);
      },
    };
  }

  /** When the child's own driver stops before its end (its store failed), it is opened again, a few times. */
  async #resultOf(child: Child, work: ProgramWork): Promise<ExecutionResult> {
    for (let reopened = 0; ; reopened++) {
      try {
        return await (await this.#beginOrOpen(child, work)).result();
      } catch (thrown) {
        const mayPass = isHeddleError(thrown) && thrown.retryable === true && reopened < reopeningsMax;
        if (!mayPass) throw thrown;
        await this.#engine.wait(child.executionId, reopenMs);
      }
    }
  }

  async #beginOrOpen(child: Child, { program, input }: ProgramWork): Promise<ExecutionHandle> {
    const source = typeof program === 'string' ? await this.#engine.programNamed(program) : program;
    try {
      return await this.#engine.begin(source, input, child);
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'ALREADY_EXISTS') throw thrown;
    }
    try {
      return await this.#engine.open(child.executionId);
    } catch (thrown) {
      // It was created, but its host died before it began; opening it has cleared the way.
      if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
      return this.#engine.begin(source, input, child);
    }
  }
}

/** The id of a sub-program's execution begins with that of its parent. */
export function childId(executionId: string, ...parts: readonly (string | number)[]): string {
  return `${executionId}.${sha256Hex(utf8(JSON.stringify(parts))).slice(0, 12)}`;
}

function failed(code: string, message: string, executionId: string): ErrorData {
  return { code, message, details: { executionId } };
}

function tooDeep({ executionId, taskId, depth }: ParentRef): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `task ${taskId} of ${executionId} would run a sub-program ${depth} deep, ${limits.programDepthMax} are allowed`,
    hint: 'does a program contain itself?',
    retryable: false,
    details: { limit: limits.programDepthMax, actual: depth },
  });
}
