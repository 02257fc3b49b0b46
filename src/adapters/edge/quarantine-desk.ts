import { HeddleError } from '../../errors.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import type { Quarantine } from './boot-guard.ts';

export interface QuarantineDeskOptions {
  readonly journal: JournalStore;
  readonly quarantine: Quarantine;
  /** Lets the execution be tried again. */
  readonly release: () => Promise<void>;
}

const entriesMax = 1000;

/**
 * What can be had of an execution that nothing may load. Whatever is asked is refused with what is known of it, its events with
 * the journal as it is stored, as far as it can be read; `resume` has it tried again.
 * @throws NOT_ALLOWED
 */
export async function answerInQuarantine(
  request: Request,
  { journal, quarantine, release }: QuarantineDeskOptions,
): Promise<Response> {
  const url = new URL(request.url);
  const [, id = '', rest = ''] = /^\/v1\/executions\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  const executionId = decodeURIComponent(id);
  const status = await readable(async () => (await journal.summary(executionId))?.status);
  if (request.method === 'POST' && rest === '/resume' && status !== undefined) {
    await release();
    return Response.json({ executionId, status });
  }
  const after = Number(url.searchParams.get('after') ?? 0) || 0;
  const asksForEvents = request.method === 'GET' && rest === '/events';
  const why = quarantine.error === undefined ? '' : `; the last said: ${quarantine.error.message}`;
  throw new HeddleError({
    code: 'NOT_ALLOWED',
    message: `execution ${executionId} is quarantined: ${quarantine.boots} boots in a row have failed${why}`,
    hint: 'read its events, and resume it when the cause is gone',
    details: {
      execution: { executionId, status: status ?? null },
      quarantine: {
        boots: quarantine.boots,
        ...(quarantine.error !== undefined && { error: { ...quarantine.error } }),
      },
      ...(asksForEvents && { entries: (await entriesOf(journal, executionId, after)) as never }),
    },
  });
}

/** One by one: what stands before a damaged entry can be read. */
async function entriesOf(journal: JournalStore, executionId: string, after: number) {
  const whole = await readable(async () => journal.read(executionId, after, entriesMax));
  if (whole !== undefined) return whole;
  const entries = [];
  for (let seq = after; entries.length < entriesMax; seq++) {
    const [entry] = (await readable(async () => journal.read(executionId, seq, 1))) ?? [];
    if (entry === undefined) break;
    entries.push(entry);
  }
  return entries;
}

async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
