import type { WaitArranged } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import { limits } from '../../program/limits.ts';
import type { Value } from '../../program/value.ts';
import { describeValue } from './describe-value.ts';

/** What a node waits for, once its expressions are evaluated. */
export type Wait = Exclude<WaitArranged['outcome'], { readonly error: unknown }>;

/** @throws BAD_INPUT when it is neither the name of a signal, nor a duration in ms, nor a date */
export function readWait(key: string, given: Value, path: string, timeoutMs?: number): Wait {
  if (key === 'waitFor.event') {
    if (typeof given === 'string' && given !== '')
      return { event: given, ...(timeoutMs !== undefined && { timeoutMs }) };
    throw bad(path, given, 'the name of a signal');
  }
  if (key === 'sleepMs') {
    if (typeof given === 'number' && given >= 0 && given <= limits.durationMsMax) return { sleepMs: given };
    throw bad(path, given, `a number of ms from 0 to ${limits.durationMsMax}`);
  }
  const untilMs = typeof given === 'string' ? Date.parse(given) : given;
  if (typeof untilMs === 'number' && Number.isFinite(untilMs)) return { untilMs };
  throw bad(path, given, 'a date such as 2026-11-21T09:00:00Z');
}

function bad(path: string, given: Value, wanted: string): HeddleError {
  const message = `${path} gave ${describeValue(given)}, not ${wanted}`;
  return new HeddleError({ code: 'BAD_INPUT', message, path, retryable: false });
}
