import type { EvaluateGuard, FinishExecution, ResolveItems } from '../engine/command.ts';
import type { Event } from '../engine/event.ts';
import type { ExecutionState } from '../engine/state.ts';
import { type ErrorData, toErrorData } from '../errors.ts';
import { after, isPromise, type MaybePromise } from '../ports/maybe-promise.ts';
import type { Bindings } from './bindings.ts';
import type { Values } from './values.ts';

/** What the machine asks of the host because it needs values, which the machine itself never sees. */
export type Question = EvaluateGuard | ResolveItems | FinishExecution;

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
    case 'EvaluateGuard': {
      const { node, item } = question;
      const ref = item === undefined ? { node } : { node, item };
      return evaluate(
        answerer,
        () => bindings.guard(state, question),
        (passed) => ({ type: 'GuardEvaluated', ...ref, outcome: { passed } }),
        (error) => ({ type: 'GuardEvaluated', ...ref, outcome: { error } }),
      );
    }
    case 'ResolveItems': {
      const { node } = question;
      return evaluate(
        answerer,
        () => bindings.items(state, node),
        (items) => ({ type: 'ItemsResolved', node, outcome: { count: items.length } }),
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
