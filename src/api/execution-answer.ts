import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ApiRequest } from './route.ts';

/** Which execution it is about, how it stands, and where it is found. */
export function told({ c }: ApiRequest, { id, status }: ExecutionHandle, code: 200 | 201 | 202 = 200): Response {
  return c.json({ executionId: id, status }, code, code === 200 ? {} : { location: `/v1/executions/${id}` });
}
