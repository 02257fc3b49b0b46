import type { AskRecovery } from '../../engine/command.ts';
import type { RecoveryDecided } from '../../engine/recovery-events.ts';
import { HeddleError } from '../../errors.ts';
import { taskIdOf } from '../task-names.ts';
import type { RecoveryRates } from './recovery-rates.ts';
import type { RecoveryContext, RecoveryStrategy } from './recovery-strategy.ts';
import { readRewrites } from './task-rewrites.ts';

/** What came of asking: a decision of the machine's kind, or that the latest checkpoint is wanted. */
export type Recovery =
  | Pick<RecoveryDecided, 'action' | 'message' | 'variables' | 'tasks'>
  | ({ readonly restore: true } & Pick<RecoveryDecided, 'variables'>);

/** The recovery strategies of a host, by id, in the order they were added; where several are for an error, learning decides. */
export class RecoveryStrategies {
  readonly #strategies = new Map<string, RecoveryStrategy>();
  readonly #rates: RecoveryRates;

  constructor(rates: RecoveryRates) {
    this.#rates = rates;
  }

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

  /** Asks the most promising strategy that is for the error. Never rejects: one that throws has not recovered anything. */
  async ask(command: AskRecovery, context: RecoveryContext): Promise<Recovery> {
    const { error } = command;
    const isFor = ({ applicableErrors }: RecoveryStrategy): boolean =>
      applicableErrors.includes(error.code) || applicableErrors.includes('*');
    const able = [...this.#strategies.values()].filter(isFor);
    const strategy = able.length > 1 ? await this.#rates.best(able, error.code) : able[0];
    if (strategy === undefined) return { action: 'FALLBACK', message: 'no recovery strategy is for it any more' };
    // Without a choice there is nothing to learn.
    if (able.length > 1)
      this.#rates.chosen(context.executionId, taskIdOf(command), { strategyId: strategy.id, code: error.code });
    const shown = new Map(context.state.taskStates);
    try {
      const { success, action, newState, message } = await strategy.execute(context);
      const variables = newState === undefined ? {} : { variables: Object.fromEntries(newState.variables) };
      if (action === 'CHECKPOINT_RESTORE' && success) return { restore: true, ...variables };
      if (action === 'CHECKPOINT_RESTORE' || (!success && action !== 'ABORT'))
        return { action: 'FALLBACK', message, ...variables };
      const tasks = newState?.taskStates === undefined ? [] : readRewrites(context.plan, shown, newState.taskStates);
      if (typeof tasks === 'string')
        return { action: 'FALLBACK', message: `the recovery strategy ${strategy.id} wants what cannot be: ${tasks}` };
      return { action, message, ...variables, ...(tasks.length > 0 && { tasks }) };
    } catch (thrown) {
      return { action: 'FALLBACK', message: `the recovery strategy ${strategy.id} failed: ${String(thrown)}` };
    }
  }
}
