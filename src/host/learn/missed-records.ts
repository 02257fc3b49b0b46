import { storedExecution } from '../drive/boot.ts';
import type { Home } from '../home.ts';
import type { History } from './history.ts';

/** So many of the executions that began last are looked at. */
const lookedAtMax = 100;

/** Keeps the records of executions whose host died after their end was stored and before their record was. */
export async function recordMissed(home: Home, history: History): Promise<void> {
  const status = ['COMPLETED', 'FAILED', 'CANCELLED'] as const;
  for (const { executionId, programName, updatedAtMs } of await home.journal.list({ status, limit: lookedAtMax })) {
    if (await history.has(programName, updatedAtMs, executionId)) continue;
    const execution = await storedExecution(home, executionId);
    if (execution !== undefined) history.note(execution);
  }
}
