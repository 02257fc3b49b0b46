import type { Checkpoint } from '../../engine/saved-state.ts';
import { taskId } from '../../engine/step.ts';
import { isSettled, type Task } from '../../engine/task.ts';
import type { Plan } from '../../plan/plan.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import type { Value } from '../../program/value.ts';

export interface ExecutionCheckpoint {
  readonly id: string;
  readonly executionId: string;
  readonly timestamp: Date;
  readonly state: CheckpointState;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A checkpoint as people read it; the engine restores from the stored one. */
export interface CheckpointState {
  readonly currentTaskId?: string;
  readonly completedTasks: readonly string[];
  readonly taskStates: ReadonlyMap<string, { readonly status: string; readonly attempt: number }>;
  readonly resourceAllocations: ReadonlyMap<string, unknown>;
  /** What recovery strategies remember. */
  readonly variables: Map<string, Value>;
}

export function viewCheckpoint(plan: Plan, { seq, state }: Checkpoint, stored: StoredCheckpoint): ExecutionCheckpoint {
  return {
    id: stored.checkpointId,
    executionId: stored.executionId,
    timestamp: new Date(stored.createdAtMs),
    state: viewState(plan, { tasks: state.tasks, fanOuts: state.fanOuts }, state.variables),
    metadata: { seq, generation: state.generation, epoch: state.epoch, bytes: stored.bytes.byteLength },
  };
}

type Shown = Readonly<Omit<Task, 'output'>>;

/** Anything with tasks: a state, or one as it was saved. */
interface WithTasks {
  readonly tasks: readonly Shown[];
  readonly fanOuts:
    | ReadonlyMap<number, { readonly live: ReadonlyMap<number, Shown> }>
    | readonly { readonly live: readonly Shown[] }[];
}

/** A state as people read it. `variables` is a copy of its own. */
export function viewState(
  plan: Plan,
  { tasks: nodes, fanOuts }: WithTasks,
  variables: { readonly [name: string]: Value },
): CheckpointState {
  const items = [...fanOuts.values()].flatMap(({ live }) => [...live.values()]);
  const tasks = [...nodes, ...items];
  const current = tasks.find((task) => task.status === 'running');
  const holding = tasks.filter((task) => task.granted);
  return {
    ...(current !== undefined && { currentTaskId: taskId(plan, current) }),
    completedTasks: tasks.filter((task) => isSettled(task.status)).map((task) => taskId(plan, task)),
    taskStates: new Map(tasks.map((task) => [taskId(plan, task), { status: task.status, attempt: task.attempt }])),
    resourceAllocations: new Map(
      holding.map((task) => [taskId(plan, task), plan.nodes[task.node]?.spec.resources ?? {}]),
    ),
    variables: new Map(Object.entries(variables)),
  };
}
