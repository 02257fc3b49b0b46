import type { Event } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import { type ExecutionStatus, isTerminal } from '../../observe/status.ts';
import { limits } from '../../program/limits.ts';
import { notAllowed } from '../refusals.ts';
import { asValue, estimateBytes } from '../values/estimate-bytes.ts';
import { type Execution, isEnd } from './execution.ts';

/** A change somebody asks for: in which states it is possible, and which fact tells that it happened. */
interface Request {
  readonly verb: string;
  readonly from: readonly ExecutionStatus[];
  readonly event: Event;
  readonly told: string;
}

export function pauseRequest(): Request {
  return { verb: 'pause', from: ['PENDING', 'RUNNING'], event: { type: 'PauseRequested' }, told: 'EXECUTION_PAUSED' };
}

export function resumeRequest(): Request {
  return { verb: 'resume', from: ['PAUSED'], event: { type: 'ResumeRequested' }, told: 'EXECUTION_RESUMED' };
}

/** @param successor the execution that goes on in its place */
export function cancelRequest(reason: string | undefined, graceMs = 0, successor?: string): Request {
  const event = {
    type: 'CancelRequested',
    ...(reason !== undefined && { reason }),
    ...(graceMs > 0 && { graceMs }),
    ...(successor !== undefined && { successor }),
  } as const;
  return { verb: 'cancel', from: ['PENDING', 'RUNNING', 'PAUSED'], event, told: 'EXECUTION_CANCELLED' };
}

/** Asks for a change and waits until it is durable. When the execution ends first, the change did not happen. */
export async function request(execution: Execution, { verb, from, event, told }: Request): Promise<void> {
  if (!from.includes(execution.status)) throw notAllowed(execution, verb);
  let happened = false;
  await execution.ask(event, (fact) => {
    happened ||= fact.type === told;
    return happened || isEnd(fact);
  });
  if (!happened) throw notAllowed(execution, verb);
}

/** Delivers a signal; resolves when it is durable. @throws NOT_ALLOWED after the end, BAD_INPUT, LIMIT_EXCEEDED */
export async function signal(execution: Execution, event: string, payload: unknown): Promise<void> {
  if (isTerminal(execution.status)) throw notAllowed(execution, `the signal ${event}`);
  if (execution.state.signals.length >= limits.signalsMax) {
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `${limits.signalsMax} signals of execution ${execution.id} wait for somebody to wait for them`,
      details: { limit: limits.signalsMax },
    });
  }
  const ref = await execution.values.put(checked(payload));
  let received = false;
  await execution.ask({ type: 'SignalReceived', event, payload: ref }, (fact) => {
    received ||= fact.type === 'SIGNAL_RECEIVED' && fact.reason === event;
    return received || isEnd(fact);
  });
  if (!received) throw notAllowed(execution, `the signal ${event}`);
}

function checked(payload: unknown) {
  try {
    estimateBytes(payload);
    return asValue(payload);
  } catch (thrown) {
    const { message } = thrown as Error;
    throw new HeddleError({ code: 'BAD_INPUT', message: `the payload cannot be stored: ${message}`, path: 'payload' });
  }
}
