import type { JournalEntry } from '../engine/event.ts';
import { taskIdOf } from '../host/task-names.ts';
import type { ExecutionEvent } from '../host/view/execution-view.ts';
import type { ModuleCall } from '../ports/module-runner.ts';
import type { Program } from '../program/program.ts';
import { replay } from './replay.ts';

/**
 * What must hold when an execution has ended.
 * @param told every event anybody was told of, kept ones only
 * @returns what is broken, in words; undefined when all is well
 */
export function brokenAtEnd(
  program: Program,
  entries: readonly JournalEntry[],
  told: readonly ExecutionEvent[],
): string | undefined {
  const { facts, running, granted } = replay(program, entries);
  if (running > 0 || granted > 0)
    return `permits: ${running} attempts run and ${granted} permits are held after the end`;
  for (const { id, type, taskId } of told) {
    const fact = facts[Number(id) - 1];
    if (fact?.type !== type || fact.taskId !== taskId) {
      return `durability: ${type} of ${taskId ?? 'the execution'} was told as event ${id}, the journal has ${fact?.type}`;
    }
  }
  return undefined;
}

/** Tasks whose success is recorded in the generation that is current at the end of the entries. */
export function recordedAsDone(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const done = new Set<string>();
  for (const entry of entries) {
    if (entry.type === 'CheckpointRestored') done.clear();
    else if (entry.type === 'AttemptSucceeded') done.add(taskIdOf(entry));
  }
  return done;
}

/** Calls of tasks that were recorded as done before; a node with `repeat` is meant to be called again. */
export function calledAgain(
  program: Program,
  done: ReadonlySet<string>,
  calls: readonly ModuleCall[],
): readonly string[] {
  return calls
    .map(({ taskId }) => taskId)
    .filter((taskId) => done.has(taskId) && program.nodes[taskId.replace(/\[\d+\]$/, '')]?.repeat === undefined);
}
