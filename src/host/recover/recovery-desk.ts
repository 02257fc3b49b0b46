import type { AskRecovery } from '../../engine/command.ts';
import type { CheckpointRestored, Event } from '../../engine/event.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { Plan } from '../../plan/plan.ts';
import { taskRefOf } from '../task-names.ts';
import { recoveryContext } from './recovery-context.ts';
import type { RecoveryStrategies } from './recovery-strategies.ts';

export interface RecoveryDesk {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly epoch: number;
  readonly strategies: RecoveryStrategies;
  /** The event that sets the execution back to its latest checkpoint, if it has one. */
  readonly latestCheckpoint: (executionId: string, epoch: number) => Promise<CheckpointRestored | undefined>;
  readonly deliver: (event: Event) => void;
  /** The store could not be read. */
  readonly failed: (thrown: unknown) => void;
}

/** Asks the host's recovery strategies, and answers with their decision or with the state they want back. */
export function askRecovery(command: AskRecovery, desk: RecoveryDesk): void {
  const { plan, state, epoch, strategies, latestCheckpoint, deliver, failed } = desk;
  const answer = async (): Promise<void> => {
    const recovery = await strategies.ask(command, recoveryContext(plan, state, command));
    const ref = taskRefOf(command);
    if (!('restore' in recovery)) return deliver({ type: 'RecoveryDecided', ...ref, ...recovery });
    const restoration = await latestCheckpoint(state.executionId, epoch);
    const { variables } = recovery;
    if (restoration !== undefined) return deliver({ ...restoration, ...(variables !== undefined && { variables }) });
    deliver({ type: 'RecoveryDecided', ...ref, action: 'FALLBACK', message: 'there is no checkpoint to restore' });
  };
  answer().catch(failed);
}
