import type {
  ArrangeWait,
  Command,
  EvaluateGuard,
  EvaluateRepeat,
  FinishExecution,
  ResolveItems,
} from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { TaskRef } from '../../engine/task-ref.ts';
import { type ErrorData, toErrorData } from '../../errors.ts';
import { after, isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { Bindings } from '../values/bindings.ts';
import type { Values } from '../values/values.ts';

/** What the machine asks of the host because it needs values, which the machine itself never sees. */
export type Question = EvaluateGuard | ResolveItems | EvaluateRepeat | ArrangeWait | FinishExecution;

export function isQuestion(command: Command): command is Question {
  const { type } = command;
  return (
    type === 'EvaluateGuard' ||
    type === 'EvaluateRepeat' ||
    type === 'ArrangeWait' ||
    type === 'ResolveItems' ||
    type === 'FinishExecution'
  );
}

export interface Answerer {
  readonly state: ExecutionState;
  readonly bindings: Bindings;
  readonly values: Values;
  readonly deliver: (event: Event) => void;
}

/** Answers with exactly one event, whatever comes of it. */
export function answer(question: Question, answerer: Answerer): void {
  const { state, bindings, values } = answerer;
  switch (question.type) {
    case 'EvaluateGuard':
      return evaluate(
        answerer,
        () => bindings.guard(state, question),
        (passed) => ({ type: 'GuardEvaluated', ...refOf(question), outcome: { passed } }),
        (error) => ({ type: 'GuardEvaluated', ...refOf(question), outcome: { error } }),
      );
    case 'EvaluateRepeat':
      return evaluate(
        answerer,
        () => bindings.again(state, question),
        (again) => ({ type: 'RepeatEvaluated', ...refOf(question), outcome: { again } }),
        (error) => ({ type: 'RepeatEvaluated', ...refOf(question), outcome: { error } }),
      );
    case 'ArrangeWait':
      return evaluate(
        answerer,
        () => bindings.wait(state, question),
        (outcome) => ({ type: 'WaitArranged', ...refOf(question), outcome }),
        (error) => ({ type: 'WaitArranged', ...refOf(question), outcome: { error } }),
      );
    case 'ResolveItems': {
      const { node } = question;
      return evaluate(
        answerer,
        () => bindings.tasks(state, node),
        (outcome) => ({ type: 'ItemsResolved', node, outcome }),
        (error) => ({ type: 'ItemsResolved', node, outcome: { error } }),
      );
    }
    case 'FinishExecution': {
      const { status, error } = question;
      if (status !== 'COMPLETED')
        return answerer.deliver({ type: 'ExecutionFinished', status, ...(error !== undefined && { error }) });
      return evaluate(
        answerer,
        () => after(bindings.outputs(state), (result) => values.put(result)),
        (result) => ({ type: 'ExecutionFinished', status, result }),
        (failure) => ({ type: 'ExecutionFinished', status: 'FAILED', error: failure }),
      );
    }
  }
}

function refOf({ node, item, undo }: TaskRef): TaskRef {
  return { node, ...(item !== undefined && { item }), ...(undo && { undo }) };
}

function evaluate<T>(
  { deliver }: Answerer,
  ask: () => MaybePromise<T>,
  answered: (value: T) => Event,
  failed: (error: ErrorData) => Event,
): void {
  const fail = (thrown: unknown) => deliver(failed({ ...toErrorData(thrown, 'BAD_EXPRESSION'), retryable: false }));
  try {
    const value = ask();
    if (isPromise(value)) value.then((late) => deliver(answered(late))).catch(fail);
    else deliver(answered(value));
  } catch (thrown) {
    fail(thrown);
  }
}
