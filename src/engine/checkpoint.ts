import { HeddleError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { ValueRef } from '../program/value.ts';
import { derive } from './derive.ts';
import type { ExecutionStarted } from './event.ts';
import { outputOf } from './fan-out.ts';
import { ItemOutputs } from './item-outputs.ts';
import {
  type Checkpoint,
  checkpointVersion,
  type SavedFanOut,
  type SavedTask,
  versionWithoutPages,
} from './saved-state.ts';
import type { ExecutionState, FanOut } from './state.ts';
import { newTask, type Task } from './task.ts';

/** The state before the first event: every node pending. */
export function initialState(plan: Plan, started: ExecutionStarted): ExecutionState {
  const state = {
    executionId: started.executionId,
    programDigest: started.programDigest,
    seed: started.seed,
    options: started.options,
    inputs: started.inputs,
    parent: started.parent ?? null,
    fork: started.fork ?? null,
    ...(started.weights !== undefined && { weights: started.weights }),
    ...(started.traceparent !== undefined && { traceparent: started.traceparent }),
    phase: 'created' as const,
    verdict: null,
    finished: null,
    generation: 0,
    epoch: 0,
    slots: 0,
    seq: 0,
    atMs: 0,
    startedAtMs: 0,
    deadlineAtMs: null,
    published: 0,
    checkpointsDue: [],
    checkpointSeq: 0,
    checkpointAtMs: 0,
    checkpointBytes: 0,
    tasks: plan.nodes.map((node) => newTask(node.index, -1, 'pending')),
    fanOuts: new Map<number, FanOut>(),
    failures: 0,
    retries: 0,
    restores: 0,
    attempts: 0,
    signals: [],
    variables: {},
    recovers: [],
    graceUntilMs: null,
    compensations: new Map<number, Task>(),
  };
  return { ...state, derived: derive(plan, state) };
}

/** A copy of the state as a checkpoint; later changes of the state do not reach it. */
export function saveState(state: ExecutionState): Checkpoint {
  const { derived: _, tasks, fanOuts, compensations, ...saved } = state;
  return {
    version: checkpointVersion,
    seq: state.seq,
    state: {
      ...saved,
      checkpointsDue: [...saved.checkpointsDue],
      signals: [...saved.signals],
      tasks: tasks.map((task) =>
        fanOuts.get(task.node)?.outputs.isRef(task.output) ? { ...task, output: 'items' } : { ...task },
      ),
      compensations: [...compensations.values()].map((task) => ({ ...task })),
      fanOuts: [...fanOuts].map(([node, { live, outputs, ...counts }]) => ({
        node,
        ...counts,
        outputs: outputs.save(),
        live: [...live.values()].sort((a, b) => a.item - b.item).map((task) => ({ ...task })),
      })),
    },
  };
}

/** @throws CORRUPT when the checkpoint is of another version or another program */
export function loadState(plan: Plan, checkpoint: Checkpoint): ExecutionState {
  const { version, state: saved } = checkpoint;
  if (version !== checkpointVersion && version !== versionWithoutPages) {
    throw new HeddleError({ code: 'CORRUPT', message: `checkpoint version ${version} is not ${checkpointVersion}` });
  }
  if (saved.tasks.length !== plan.nodes.length) {
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the checkpoint has ${saved.tasks.length} nodes and the program ${plan.nodes.length}`,
    });
  }
  const fanOuts = new Map<number, FanOut>(
    saved.fanOuts.map(({ node, live, outputs, ...counts }) => [
      node,
      {
        ...counts,
        outputs: loadOutputs(outputs, counts.count),
        live: new Map(live.map((task) => [task.item, { ...task }])),
      },
    ]),
  );
  const state = {
    ...saved,
    checkpointsDue: [...saved.checkpointsDue],
    signals: [...saved.signals],
    tasks: saved.tasks.map((task) => ({ ...task, output: loadOutput(plan, task, fanOuts) })),
    fanOuts,
    compensations: new Map(saved.compensations.map((task) => [task.node, { ...task }])),
  };
  return { ...state, derived: derive(plan, state) };
}

function loadOutputs(saved: SavedFanOut['outputs'], count: number): ItemOutputs {
  return isPages(saved) ? new ItemOutputs(count, saved) : ItemOutputs.of(saved);
}

function isPages(saved: SavedFanOut['outputs']): saved is readonly Uint8Array[] {
  return saved[0] instanceof Uint8Array;
}

function loadOutput(plan: Plan, { node, output }: SavedTask, fanOuts: ExecutionState['fanOuts']): ValueRef | null {
  if (output !== 'items') return output;
  const fanOut = fanOuts.get(node);
  if (fanOut !== undefined) return outputOf(plan, node, fanOut);
  throw new HeddleError({ code: 'CORRUPT', message: `the checkpoint has no items of ${plan.nodes[node]?.id}` });
}
