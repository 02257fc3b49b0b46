import { HeddleError } from '../../errors.ts';
import type { StartOptions } from '../../host/execution-engine.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';

export function pathOf(executionId: string): string {
  return `/v1/executions/${encodeURIComponent(executionId)}`;
}

export function programPath(name: string): string {
  return `/v1/programs/${encodeURIComponent(name)}`;
}

export function asData(plan: ProgramSource): unknown {
  return typeof plan === 'object' && 'toJSON' in plan && typeof plan.toJSON === 'function' ? plan.toJSON() : plan;
}

export function startOptions({ executionId, ...options }: StartOptions = {}): Omit<StartOptions, 'executionId'> {
  if (executionId === undefined) return options;
  throw notOverHttp('an id of your own', 'the service gives an execution its id');
}

export function notOverHttp(what: string, hint: string): HeddleError {
  return new HeddleError({
    code: 'UNSUPPORTED',
    message: `${what} cannot be sent to a service`,
    hint,
    retryable: false,
  });
}
