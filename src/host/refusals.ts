import { HeddleError } from '../errors.ts';
import type { ExecutionStatus } from '../observe/status.ts';

export function notFound(executionId: string): HeddleError {
  const message = `no execution ${executionId} is known to this engine`;
  return new HeddleError({ code: 'NOT_FOUND', message, hint: 'open it if it is stored' });
}

/** @param what what was asked for, such as `pause` */
export function notAllowed(
  execution: { readonly id: string; readonly status: ExecutionStatus },
  what: string,
): HeddleError {
  return new HeddleError({
    code: 'NOT_ALLOWED',
    message: `execution ${execution.id} is ${execution.status}: ${what} is not possible`,
  });
}
