import { sha256Hex, utf8 } from '../program/digest.ts';
import { parseTraceparent, type Traceparent } from './traceparent.ts';

/** What a module may hand on, so that what it calls continues this attempt's span. */
export function attemptTraceparent(
  options: { readonly executionId: string; readonly traceparent?: string | undefined },
  { taskId, attempt, repeat = 0 }: { readonly taskId: string; readonly attempt: number; readonly repeat?: number },
): Traceparent {
  const caller = callerOf(options);
  return {
    traceId: caller?.traceId ?? traceIdOf(options.executionId),
    parentId: attemptSpanId(options.executionId, { taskId, attempt, repeat }),
    sampled: caller?.sampled ?? true,
  };
}

/** Whose trace is continued; undefined when nobody's, or not validly. */
export function callerOf({ traceparent }: { readonly traceparent?: string | undefined }): Traceparent | undefined {
  return traceparent === undefined ? undefined : parseTraceparent(traceparent);
}

export const traceIdOf = (executionId: string): string => hash('trace', executionId).slice(0, 32);
export const rootSpanId = (executionId: string): string => hash('execution', executionId).slice(0, 16);

export function attemptSpanId(
  executionId: string,
  { taskId, attempt, repeat }: { readonly taskId: string; readonly attempt: number; readonly repeat: number },
): string {
  return hash('attempt', executionId, taskId, attempt, repeat).slice(0, 16);
}

/** JSON keeps the parts apart. An id of only zeros, which would not be valid, is as likely as finding any other. */
function hash(...parts: readonly (string | number)[]): string {
  return sha256Hex(utf8(JSON.stringify(parts)));
}
