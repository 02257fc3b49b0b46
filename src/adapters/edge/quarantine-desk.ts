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
 * What can be had of an execution that nothing may load: its summary, and its journal as it is stored, as far as it can be
 * read. `resume` has it tried again.
 */
export async function answerInQuarantine(
  request: Request,
  { journal, quarantine, release }: QuarantineDeskOptions,
): Promise<Response> {
  const url = new URL(request.url);
  const [, id = '', rest = ''] = /^\/v1\/executions\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  const executionId = decodeURIComponent(id);
  const told = { executionId, quarantine };
  if (request.method === 'GET' && rest === '') {
    const status = await readable(async () => (await journal.summary(executionId))?.status);
    return Response.json({ ...told, status: status ?? null });
  }
  if (request.method === 'GET' && rest === '/events') {
    const after = Number(url.searchParams.get('after') ?? 0) || 0;
    return Response.json({ ...told, entries: await entriesOf(journal, executionId, after) });
  }
  if (request.method === 'POST' && rest === '/resume') {
    await release();
    return Response.json({ executionId, released: true });
  }
  const detail = `execution ${executionId} is quarantined: ${quarantine.boots} boots in a row have failed`;
  const problem = {
    type: 'urn:heddle:error:NOT_ALLOWED',
    title: 'the execution is not in a state that allows this',
    status: 409,
    code: 'NOT_ALLOWED',
    detail: quarantine.error === undefined ? detail : `${detail}; the last said: ${quarantine.error.message}`,
    instance: url.pathname,
    hint: 'read its events, and resume it when the cause is gone',
  };
  return new Response(JSON.stringify(problem), {
    status: 409,
    headers: { 'content-type': 'application/problem+json' },
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
