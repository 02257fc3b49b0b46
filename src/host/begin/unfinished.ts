import type { ExecutionSummary, JournalStore } from '../../ports/journal-store.ts';

/** Every execution of the store that has not ended, page by page. */
export async function unfinished(journal: JournalStore): Promise<readonly ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  const limit = 1000;
  for (let before: string | undefined; ; before = found.at(-1)?.executionId) {
    const status = ['PENDING', 'RUNNING', 'PAUSED'] as const;
    const page = await journal.list({ status, limit, ...(before !== undefined && { before }) });
    found.push(...page);
    if (page.length < limit) return found;
  }
}
