import type { AskRecovery } from '../engine/command.ts';
import type { RecoveryDecided } from '../engine/event.ts';
import { HeddleError } from '../errors.ts';
import type { Program } from '../program/program.ts';
import type { CheckpointState } from './execution-engine.ts';
import type { ExecutionError } from './execution-view.ts';
import type { Resource } from './resource.ts';

export const RecoveryAction = {
  RETRY: 'RETRY',
  SKIP: 'SKIP',
  FALLBACK: 'FALLBACK',
  ABORT: 'ABORT',
  CHECKPOINT_RESTORE: 'CHECKPOINT_RESTORE',
} as const;
export type RecoveryAction = keyof typeof RecoveryAction;

export interface RecoveryContext {
  readonly executionId: string;
  readonly error: ExecutionError;
  /** `variables` is a copy the strategy may change and give back in `newState`; it outlives restarts. */
  readonly state: CheckpointState;
  readonly plan: Program;
  /** What the tasks of the execution hold. */
  readonly resources: readonly Pick<Resource, 'id' | 'type' | 'amount'>[];
}

export interface RecoveryResult {
  /** False: not recovered. The task falls back or fails, unless the action is ABORT. */
  readonly success: boolean;
  readonly action: RecoveryAction;
  readonly newState?: Pick<CheckpointState, 'variables'>;
  readonly message: string;
}

/** Asked when the retries of a task are spent, before its fallback. */
export interface RecoveryStrategy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Codes of errors; `*` stands for every one. */
  readonly applicableErrors: readonly string[];
  execute(context: RecoveryContext): Promise<RecoveryResult>;
}

/** What came of asking: a decision of the machine's kind, or that the latest checkpoint is wanted. */
export type Recovery =
  | Pick<RecoveryDecided, 'action' | 'message' | 'variables'>
  | ({ readonly restore: true } & Pick<RecoveryDecided, 'variables'>);

/** The recovery strategies of a host, by id, in the order they were added. */
export class RecoveryStrategies {
  readonly #strategies = new Map<string, RecoveryStrategy>();

  /** @throws ALREADY_EXISTS */
  add(strategy: RecoveryStrategy): void {
    if (this.#strategies.has(strategy.id))
      throw new HeddleError({ code: 'ALREADY_EXISTS', message: `a recovery strategy ${strategy.id} is there already` });
    this.#strategies.set(strategy.id, strategy);
  }

  remove(strategyId: string): void {
    this.#strategies.delete(strategyId);
  }

  /** Codes of errors that some strategy is for. */
  get codes(): readonly string[] {
    return [...new Set([...this.#strategies.values()].flatMap(({ applicableErrors }) => applicableErrors))].sort();
  }

  /** Asks the first strategy that is for the error. Never rejects: a strategy that throws has not recovered anything. */
  async ask({ error }: AskRecovery, context: RecoveryContext): Promise<Recovery> {
    const isFor = ({ applicableErrors }: RecoveryStrategy): boolean =>
      applicableErrors.includes(error.code) || applicableErrors.includes('*');
    const strategy = [...this.#strategies.values()].find(isFor);
    if (strategy === undefined) return { action: 'FALLBACK', message: 'no recovery strategy is for it any more' };
    try {
      const { success, action, newState, message } = await strategy.execute(context);
      const variables = newState === undefined ? {} : { variables: Object.fromEntries(newState.variables) };
      if (action === 'CHECKPOINT_RESTORE' && success) return { restore: true, ...variables };
      if (action === 'CHECKPOINT_RESTORE' || (!success && action !== 'ABORT'))
        return { action: 'FALLBACK', message, ...variables };
      return { action, message, ...variables };
    } catch (thrown) {
      return { action: 'FALLBACK', message: `the recovery strategy ${strategy.id} failed: ${String(thrown)}` };
    }
  }
}
