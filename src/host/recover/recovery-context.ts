import type { AskRecovery } from '../../engine/command.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { taskId } from '../../engine/step.ts';
import type { Plan } from '../../plan/plan.ts';
import { taskIdOf } from '../task-names.ts';
import { viewState } from '../view/checkpoint-view.ts';
import { viewError } from '../view/execution-view.ts';
import type { RecoveryContext } from './recovery-strategy.ts';

/** What a recovery strategy is told. */
export function recoveryContext(plan: Plan, state: ExecutionState, command: AskRecovery): RecoveryContext {
  const error = { ...command.error, details: { ...command.error.details, taskId: taskIdOf(command) } };
  const resources = [...state.derived.granted].flatMap((task) =>
    Object.entries(plan.nodes[task.node]?.spec.resources ?? {}).map(([type, amount]) => ({
      id: `${taskId(plan, task)}/${type}`,
      type,
      amount,
    })),
  );
  return {
    executionId: state.executionId,
    error: viewError(error, state.atMs),
    state: viewState(plan, state, state.variables),
    plan: plan.program,
    resources,
  };
}
