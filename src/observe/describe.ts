import type { PublishedFact } from '../engine/command.ts';
import type { Usage } from '../engine/usage.ts';

/** A fact as one sentence for people. */
export function describeFact(fact: PublishedFact): string {
  const task = fact.taskId ?? '';
  // Nearly all facts are of these, and each of an execution is put into words for its timeline.
  if (fact.type === 'TASK_READY') return `${task} is ready`;
  const attempt = fact.attempt === undefined ? '' : fact.attempt === 1 ? ' (attempt 1)' : ` (attempt ${fact.attempt})`;
  const error = fact.error === undefined ? '' : `: ${fact.error.code}: ${fact.error.message}`;
  const because = fact.reason === undefined ? '' : `: ${fact.reason}`;
  switch (fact.type) {
    case 'EXECUTION_STARTED':
      return 'the execution began';
    case 'EXECUTION_COMPLETED':
      return 'the execution completed';
    case 'EXECUTION_FAILED':
      return `the execution failed${error}`;
    case 'EXECUTION_CANCELLED':
      return `the execution was cancelled${error}`;
    case 'EXECUTION_PAUSED':
      return 'the execution was paused';
    case 'EXECUTION_RESUMED':
      return 'the execution was resumed';
    case 'TASK_STARTED':
      return `${task} started${attempt}`;
    case 'TASK_COMPLETED':
      return `${task} completed${attempt}`;
    case 'TASK_FAILED':
      return `${task} failed${attempt}${error}`;
    case 'TASK_RETRIED':
      return `${task} will be tried again${attempt}${because}${error}`;
    case 'TASK_SKIPPED':
      return `${task} was skipped${because}`;
    case 'TASK_CANCELLED':
      return `${task} was cancelled${because}`;
    case 'TASK_TIMED_OUT':
      return `${task} timed out${attempt}${error}`;
    case 'LATE_RESULT':
      return `${task} answered after it had been given up${attempt}`;
    case 'TASK_USAGE':
      return describeUsage(task, fact.usage ?? {});
    case 'CHECKPOINT_CREATED':
      return `checkpoint ${fact.checkpointId} was saved`;
    case 'RECOVERY_INITIATED':
      return fact.taskId === undefined ? `recovery began${because}` : `recovery of ${task} began${because}${error}`;
    default:
      return [fact.type.toLowerCase().replaceAll('_', ' '), task, fact.reason].filter(Boolean).join(' ');
  }
}

export function describeUsage(
  taskId: string,
  { inputTokens, outputTokens, costUsd, resources, metrics }: Usage,
): string {
  const tokens =
    inputTokens === undefined && outputTokens === undefined
      ? []
      : [`${inputTokens ?? 0} tokens in`, `${outputTokens ?? 0} tokens out`];
  const cost = costUsd === undefined ? [] : [`${costUsd} USD`];
  const named = Object.entries({ ...resources, ...metrics }).map(([name, value]) => `${value} ${name}`);
  return `${taskId} used ${[...tokens, ...cost, ...named].join(', ')}`;
}
