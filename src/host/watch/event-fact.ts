import type { PublishedFact } from '../../engine/command.ts';
import type { Usage } from '../../engine/usage.ts';
import type { ErrorData } from '../../errors.ts';
import type { ExecutionEvent } from '../view/execution-view.ts';

/** The fact behind a kept event, but for its output, which views do not carry; undefined for a live one. */
export function factOf({ id, type, timestamp, taskId, data = {} }: ExecutionEvent): PublishedFact | undefined {
  if (id === 'live') return undefined;
  const { attempt, error, dueAt, reason, checkpointId, resources, usage } = data;
  return {
    id: Number(id),
    type,
    atMs: timestamp.getTime(),
    ...(taskId !== undefined && { taskId }),
    ...(typeof attempt === 'number' && { attempt }),
    ...(error !== undefined && { error: error as ErrorData }),
    ...(typeof dueAt === 'string' && { dueAtMs: Date.parse(dueAt) }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof checkpointId === 'string' && { checkpointId }),
    ...(resources !== undefined && { resources: resources as Readonly<Record<string, number>> }),
    ...(usage !== undefined && { usage: usage as Usage }),
  };
}
