import process from 'node:process';
import { HttpExecutionEngine } from '../api/client/http-execution-engine.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionUpdate } from '../host/view/execution-view.ts';
import { type Arguments, UsageError, type VerbContext, type VerbOption } from './verb.ts';

/** Options of the verbs that ask a service. */
export const remoteOptions: { readonly [name: string]: VerbOption } = {
  url: { value: 'URL', help: 'address of the service, default $HEDDLE_URL' },
  token: { value: 'TOKEN', help: 'key or token for it, default $HEDDLE_TOKEN: an argument can be seen by others' },
};

/** Asks a service; whatever is under way ends with the work, or when it is interrupted. */
export async function withService<T>(
  args: Arguments,
  { signal }: Pick<VerbContext, 'signal'>,
  work: (engine: HttpExecutionEngine) => Promise<T>,
): Promise<T> {
  const url = args.text('url') ?? process.env.HEDDLE_URL;
  if (url === undefined) throw new UsageError('--url is missing: which service is it about?');
  if (!/^https?:\/\//.test(url))
    throw new UsageError(`--url must begin with http:// or https://, not ${JSON.stringify(url)}`);
  const token = args.text('token') ?? process.env.HEDDLE_TOKEN;
  const engine = new HttpExecutionEngine({ url, ...(token !== undefined && { token }) });
  const stop = () => void engine.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(engine);
  } finally {
    signal.removeEventListener('abort', stop);
    await engine.close();
  }
}

/** Draws how far an execution is, until it ends. */
export async function showProgress(handle: ExecutionHandle, output: VerbContext['output']): Promise<void> {
  for await (const update of handle.monitor()) drawProgress(update, output);
}

export function drawProgress({ progress, currentTask = '' }: ExecutionUpdate, output: VerbContext['output']): void {
  const label = `${progress.completedTasks} of ${progress.totalTasks} tasks ${currentTask}`;
  output.progress(progress.percentage / 100, label);
}
