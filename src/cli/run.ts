import type { ReadProgram } from '../formats/format.ts';
import type { ExecutionHandle, StartOptions } from '../host/execution-engine.ts';
import type { SecretVault } from '../host/run/secrecy.ts';
import type { ExecutionResult } from '../host/view/execution-view.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { encode } from '../program/canonical.ts';
import { programDigest, sha256Hex } from '../program/digest.ts';
import { limits } from '../program/limits.ts';
import type { Value, ValueRef } from '../program/value.ts';
import { loadProgram } from './load-program.ts';
import { type LocalEngine, openLocalEngine } from './local-engine.ts';
import { modulesFor } from './modules.ts';
import { length } from './output.ts';
import { readTextFile } from './read-file.ts';
import { remoteOptions, showProgress, withService } from './remote.ts';
import { type Arguments, exitStatus, UsageError, type Verb, type VerbContext } from './verb.ts';

const workersMax = 1024;

export const runVerb: Verb = {
  name: 'run',
  operands: 'FILE',
  operandsMin: 1,
  operandsMax: 1,
  summary: 'Runs a program to its end and prints its result. With --store, a run that was cut short is gone on with.',
  options: {
    inputs: { value: 'JSON|@FILE', help: 'the inputs of the program, default {}' },
    store: { value: 'DIR', help: 'keep the execution in DIR, so that it outlives this process' },
    workers: { value: 'N', help: 'how many tasks run at once' },
    'search-ms': {
      value: 'MS',
      help: 'search so long for an order of ready tasks that ends sooner, default: 1 % of what the program takes',
    },
    secrets: { value: 'NAME,...', help: 'environment variables that modules may ask for as secrets, default none' },
    ...remoteOptions,
    url: { value: 'URL', help: 'run it on the service there' },
  },
  run: runRun,
};

async function runRun(args: Arguments, { output, signal }: VerbContext): Promise<number> {
  const workers = args.count('workers', workersMax);
  const store = args.text('store');
  const inputs = await readInputs(args.text('inputs'));
  const read = await loadProgram(args.operand(0), output);
  if (args.text('url') !== undefined) return runThere(read, inputs, args, { output, signal });
  const local = await openLocalEngine({
    modules: modulesFor(read),
    ...(store !== undefined && { store }),
    ...(workers !== undefined && { workers }),
    secrets: environmentVault(args.text('secrets')),
  });
  try {
    const handle = await startOrGoOn(local, read, inputs, args, output);
    const result = await untilEnd(handle, { local, stored: store !== undefined, output, signal });
    if (result === undefined) return exitStatus.interrupted;
    if (output.json) output.document(result);
    else print(result, output);
    const { error } = result;
    if (error !== undefined) output.problem({ code: error.code, message: error.message, ...placeOf(error.context) });
    if (signal.aborted) return exitStatus.interrupted;
    return result.status === 'COMPLETED' ? exitStatus.success : exitStatus.problem;
  } finally {
    await local.close();
  }
}

async function runThere(
  { program }: ReadProgram,
  inputs: Value,
  args: Arguments,
  { output, signal }: VerbContext,
): Promise<number> {
  return withService(args, { signal }, async (engine) => {
    const handle = await engine.start(program, inputs, startOptions(args));
    // It runs on without us.
    signal.addEventListener('abort', () => output.note(`execution ${handle.id} goes on`), { once: true });
    showProgress(handle, output).catch(() => undefined);
    const result = await handle.result();
    if (output.json) output.document(result);
    else print(result, output);
    const { error } = result;
    if (error !== undefined) output.problem({ code: error.code, message: error.message, ...placeOf(error.context) });
    return result.status === 'COMPLETED' ? exitStatus.success : exitStatus.problem;
  });
}

/** Only what is named: a program file is somebody else's, and the environment has secrets it has no business with. */
function environmentVault(names = ''): SecretVault {
  const lent = new Set(names.split(','));
  return (name) => (lent.has(name) ? process.env[name] : undefined);
}

async function readInputs(text: string | undefined): Promise<Value> {
  if (text === undefined) return {};
  const json = text.startsWith('@') ? await readTextFile(text.slice(1)) : text;
  try {
    return JSON.parse(json) as Value;
  } catch (thrown) {
    throw new UsageError(`--inputs is not JSON: ${(thrown as Error).message}`);
  }
}

/** With a store, the last execution of the same program on the same inputs is gone on with when it has not ended. */
async function startOrGoOn(
  { engine, journal }: LocalEngine,
  { program }: ReadProgram,
  inputs: Value,
  args: Arguments,
  output: VerbContext['output'],
): Promise<ExecutionHandle> {
  const unfinished = await journal.list({ programName: program.name, status: ['PENDING', 'RUNNING', 'PAUSED'] });
  const digest = programDigest(program);
  for (const { executionId, programDigest: stored, status } of unfinished) {
    if (stored !== digest || !(await startedWith(journal, executionId, inputs))) continue;
    output.note(`goes on with execution ${executionId}, which was cut short`);
    const handle = await engine.open(executionId);
    if (status === 'PAUSED') await handle.resume();
    return handle;
  }
  return engine.start(program, inputs, startOptions(args));
}

function startOptions(args: Arguments): StartOptions {
  const searchBudgetMs = args.amount('search-ms', limits.searchBudgetMsMax);
  return searchBudgetMs === undefined ? {} : { searchBudgetMs };
}

async function startedWith(journal: JournalStore, executionId: string, inputs: Value): Promise<boolean> {
  const [first] = await journal.read(executionId, 0, 1);
  return first?.type === 'ExecutionStarted' && digestOf(first.inputs) === sha256Hex(encode(inputs));
}

function digestOf(ref: ValueRef): string | undefined {
  if ('value' in ref) return sha256Hex(encode(ref.value));
  return 'digest' in ref ? ref.digest : undefined;
}

interface Watching {
  readonly local: LocalEngine;
  readonly stored: boolean;
  readonly output: VerbContext['output'];
  readonly signal: AbortSignal;
}

/** Shows progress until the end. Ctrl-C cancels; a stored execution is only let go of, and undefined is returned. */
async function untilEnd(
  handle: ExecutionHandle,
  { local, stored, output, signal }: Watching,
): Promise<ExecutionResult | undefined> {
  const result = handle.result();
  const interrupted = new Promise<undefined>((resolve) => {
    const stop = () => {
      if (stored) resolve(undefined);
      else handle.cancel('interrupted').catch(() => resolve(undefined));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  showProgress(handle, output).catch(() => undefined);
  const ended = await Promise.race([result, interrupted]);
  if (ended === undefined) {
    result.catch(() => undefined);
    await local.engine.close();
    output.note(`execution ${handle.id} is kept: the same command goes on with it`);
  }
  return ended;
}

function placeOf(context: Readonly<Record<string, unknown>> = {}): { path?: string; hint?: string } {
  const { path, hint } = context;
  return { ...(typeof path === 'string' && { path }), ...(typeof hint === 'string' && { hint }) };
}

/** Tasks in the order they ended, then the result. */
function print(
  { status, result, metrics, timeline, executionId }: ExecutionResult,
  output: VerbContext['output'],
): void {
  const startedAt = new Map<string, Date>();
  const rows: (string | number)[][] = [];
  for (const { type, taskId, timestamp, data } of timeline) {
    if (taskId === undefined) continue;
    if (type === 'TASK_STARTED') startedAt.set(taskId, timestamp);
    if (!['TASK_COMPLETED', 'TASK_FAILED', 'TASK_SKIPPED', 'TASK_CANCELLED'].includes(type)) continue;
    const tookMs = timestamp.getTime() - (startedAt.get(taskId) ?? timestamp).getTime();
    const attempt = data?.attempt;
    rows.push([
      taskId,
      type.slice('TASK_'.length).toLowerCase(),
      typeof attempt === 'number' ? attempt : 0,
      length(tookMs, 'ms'),
    ]);
  }
  output.table(['task', 'ended', 'attempts', 'took'], rows);
  output.line();
  const { tasksExecuted, tasksCached, tasksSkipped, totalDuration } = metrics;
  output.line(
    `${status} in ${length(totalDuration, 'ms')}: ${tasksExecuted} tasks executed, ${tasksCached} cached, ${tasksSkipped} skipped (${executionId})`,
  );
  if (result !== undefined) output.pretty(result);
}
