import type { RecoveryStrategy } from '../../src/host/recover/recovery-strategy.ts';
import { hashRandom } from '../../src/policy/jitter.ts';

const actions = ['RETRY', 'RETRY', 'SKIP', 'FALLBACK', 'ABORT', 'CHECKPOINT_RESTORE'] as const;

/** A recovery strategy that does anything there is, as the seed and the task have it, but gives up some time. */
export function strategyOf(seed: number): RecoveryStrategy {
  return {
    id: 'fate',
    name: 'Fate',
    description: 'decides by the seed',
    applicableErrors: seed % 2 === 0 ? ['SIM_FATAL'] : ['*'],
    async execute({ error: { taskId = '' }, state }) {
      const asked = Number(state.variables.get('asked') ?? 0) + 1;
      state.variables.set('asked', asked);
      const draw = hashRandom(seed, asked, ...Array.from(taskId, (char) => char.charCodeAt(0)));
      const action = asked > 8 ? 'FALLBACK' : (actions[Math.floor(draw * actions.length)] ?? 'SKIP');
      // Now and then it has something else skipped that has not begun, or lets a retry go at once.
      const taskStates = new Map(state.taskStates);
      for (const [id, { status, attempt }] of state.taskStates) {
        if (hashRandom(seed, asked, id.length, attempt) > 0.2) continue;
        if (status === 'pending') taskStates.set(id, { status: 'skipped', attempt });
        else if (status === 'waiting') taskStates.set(id, { status: 'ready', attempt });
      }
      return { success: draw < 0.9, action, newState: { ...state, taskStates }, message: 'as fate will have it' };
    },
  };
}
