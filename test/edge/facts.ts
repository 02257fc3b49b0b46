import { expect } from 'vitest';

export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly taskId?: string;
  readonly timestamp: string;
  readonly data?: { readonly attempt?: number };
}

/** No task starts again after it has completed, and ids have no gap. */
export function expectNothingTwice(events: readonly ToldEvent[]): void {
  expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index + 1));
  const completed = new Set<string>();
  for (const { type, taskId = '' } of events) {
    if (type === 'TASK_COMPLETED') {
      expect(completed.has(taskId), `${taskId} completed twice`).toBe(false);
      completed.add(taskId);
    }
    if (type === 'TASK_STARTED')
      expect(completed.has(taskId), `${taskId} started again after it had completed`).toBe(false);
  }
}
