import type { Checkpoint } from '../engine/checkpoint.ts';
import { isSettled } from '../engine/state.ts';
import { taskId } from '../engine/step.ts';
import type { Plan } from '../plan/plan.ts';
import type { StoredCheckpoint } from '../ports/journal-store.ts';
import type { ExecutionCheckpoint } from './execution-engine.ts';

export function viewCheckpoint(plan: Plan, { seq, state }: Checkpoint, stored: StoredCheckpoint): ExecutionCheckpoint {
  const tasks = [...state.tasks, ...state.fanOuts.flatMap((fanOut) => fanOut.live)];
  const current = tasks.find((task) => task.status === 'running');
  return {
    id: stored.checkpointId,
    executionId: stored.executionId,
    timestamp: new Date(stored.createdAtMs),
    state: {
      ...(current !== undefined && { currentTaskId: taskId(plan, current) }),
      completedTasks: tasks.filter((task) => isSettled(task.status)).map((task) => taskId(plan, task)),
      taskStates: new Map(tasks.map((task) => [taskId(plan, task), { status: task.status, attempt: task.attempt }])),
      resourceAllocations: new Map(),
      variables: new Map(),
    },
    metadata: { seq, generation: state.generation, epoch: state.epoch, bytes: stored.bytes.byteLength },
  };
}
