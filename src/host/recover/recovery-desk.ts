import type { AskRecovery } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Services } from '../drive/services.ts';
import { taskRefOf } from '../drive/task-names.ts';
import { recoveryContext } from './recovery-context.ts';

export interface RecoveryDesk {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly epoch: number;
  readonly services: Services;
  readonly deliver: (event: Event) => void;
  /** The store could not be read. */
  readonly failed: (thrown: unknown) => void;
}

/** Asks the host's recovery strategies, and answers with their decision or with the state they want back. */
export function askRecovery(command: AskRecovery, desk: RecoveryDesk): void {
  const { plan, state, epoch, services, deliver, failed } = desk;
  const answer = async (): Promise<void> => {
    const recovery = await services.strategies.ask(command, recoveryContext(plan, state, command));
    const ref = taskRefOf(command);
    if (!('restore' in recovery)) return deliver({ type: 'RecoveryDecided', ...ref, ...recovery });
    const restoration = await services.latestCheckpoint(state.executionId, epoch);
    const { variables } = recovery;
    if (restoration !== undefined) return deliver({ ...restoration, ...(variables !== undefined && { variables }) });
    deliver({ type: 'RecoveryDecided', ...ref, action: 'FALLBACK', message: 'there is no checkpoint to restore' });
  };
  answer().catch(failed);
}
