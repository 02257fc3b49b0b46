import { readFile, writeFile } from 'node:fs/promises';
import type { HttpExecutionEngine } from '../api/client/http-execution-engine.ts';
import { HeddleError } from '../errors.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionEvent } from '../host/view/execution-view.ts';
import { ExecutionStatus, isTerminal } from '../observe/status.ts';
import { length } from './output.ts';
import { drawProgress, remoteOptions, withService } from './remote.ts';
import { type Arguments, exitStatus, UsageError, type Verb, type VerbContext, type VerbOption } from './verb.ts';

type Work = (
  engine: HttpExecutionEngine,
  args: Arguments,
  output: VerbContext['output'],
) => Promise<number | undefined>;

/** A verb that asks a service. @param operands as in the help; as many as have to be there */
function verb(
  name: string,
  operands: string,
  summary: string,
  work: Work,
  options: { readonly [name: string]: VerbOption } = {},
  operandsMax?: number,
): Verb {
  const operandsMin = operands.split(' ').filter((operand) => /^[A-Z]/.test(operand)).length;
  return {
    ...{ name, operands, summary, operandsMin, operandsMax: operandsMax ?? operandsMin },
    options: { ...options, ...remoteOptions },
    run: async (args, context) =>
      (await withService(args, context, (engine) => work(engine, args, context.output))) ?? exitStatus.success,
  };
}

const listMax = 1000;

export const serviceVerbs: readonly Verb[] = [
  verb(
    'list',
    '',
    'Lists the executions of a service, newest first.',
    async (engine, args, output) => {
      const [programName, status] = [args.text('program'), args.oneOf('status', Object.values(ExecutionStatus))];
      const items = await engine.list({
        limit: args.count('limit', listMax) ?? 100,
        ...(programName !== undefined && { programName }),
        ...(status !== undefined && { status: [status] }),
      });
      if (output.json) {
        output.document({ items: items.map(asListed) });
        return undefined;
      }
      output.table(
        ['execution', 'program', 'status', 'began'],
        items.map((each) => [
          each.executionId,
          each.programName,
          each.status,
          new Date(each.createdAtMs).toISOString(),
        ]),
      );
      return undefined;
    },
    {
      program: { value: 'NAME', help: 'only those of that program' },
      status: { value: 'STATUS', help: 'only those in that status, such as RUNNING' },
      limit: { value: 'N', help: `at most so many, default 100, up to ${listMax}` },
    },
  ),
  verb('status', 'ID', 'Tells how an execution stands.', async (engine, args, output) => {
    const { events: _, messages: __, ...update } = await (await engine.open(args.operand(0))).update();
    if (output.json) {
      output.document(update);
      return undefined;
    }
    const { completedTasks, totalTasks, percentage } = update.progress;
    output.line(`${update.status}: ${completedTasks} of ${totalTasks} tasks, ${percentage.toFixed(0)} %`);
    if (update.currentTask !== undefined) output.line(`runs ${update.currentTask}`);
    output.line(`took ${length(update.metrics.totalDuration, 'ms')}`);
    return undefined;
  }),
  verb(
    'events',
    'ID',
    'Prints the events of an execution, one a line; with --follow until it ends.',
    async (engine, args, output) => {
      const handle = await engine.open(args.operand(0));
      const after = args.text('after') === undefined ? 0 : (args.count('after', Number.MAX_SAFE_INTEGER) ?? 0);
      if (!args.flag('follow')) {
        for (const event of await handle.events(after)) print(event, output);
        return undefined;
      }
      for await (const update of handle.monitor(after)) {
        for (const event of update.events) print(event, output);
        if (!isTerminal(update.status)) drawProgress(update, output);
      }
      return (await handle.result()).status === 'COMPLETED' ? exitStatus.success : exitStatus.problem;
    },
    {
      follow: { help: 'go on until the execution ends; then succeed if it has' },
      after: { value: 'N', help: 'only those after the event of that id' },
    },
  ),
  verb('pause', 'ID', 'Lets an execution start nothing more.', (engine, args, output) =>
    changed(engine, args, output, (handle) => handle.pause()),
  ),
  verb('resume', 'ID', 'Lets a paused execution go on.', (engine, args, output) =>
    changed(engine, args, output, (handle) => handle.resume()),
  ),
  verb(
    'cancel',
    'ID',
    'Ends an execution.',
    (engine, args, output) => {
      const graceMs = args.count('grace', 86_400_000);
      return changed(engine, args, output, (handle) =>
        handle.cancel(args.text('reason'), graceMs === undefined ? {} : { graceMs }),
      );
    },
    {
      reason: { value: 'TEXT', help: 'told with the cancellation' },
      grace: { value: 'MS', help: 'let what runs end by itself within that time' },
    },
  ),
  verb(
    'signal',
    'ID EVENT [JSON]',
    'Delivers an event to a waiting task.',
    (engine, args, output) => {
      const payload = payloadOf(args.operands[2]);
      return changed(engine, args, output, (handle) => handle.signal(args.operand(1), payload));
    },
    {},
    3,
  ),
  verb(
    'fork',
    'ID',
    'Begins a new execution that takes over what this one has done before a task.',
    async (engine, args, output) => {
      const from = args.text('from');
      if (from === undefined) throw new UsageError('--from is missing: which task is to run again?');
      const inputs = args.text('inputs');
      const options = { from: from.split(','), ...(inputs !== undefined && { inputs: payloadOf(inputs) }) };
      return told(await engine.fork(args.operand(0), options), output);
    },
    {
      from: { value: 'TASK,...', help: 'the tasks to run again' },
      inputs: { value: 'JSON', help: 'other inputs' },
    },
  ),
  verb(
    'export',
    'ID FILE',
    'Writes an execution to a file, to be imported elsewhere.',
    async (engine, args, output) => {
      const move = args.oneOf('move', ['cancel', 'delete']);
      const bundle = await engine.export(args.operand(0), move === undefined ? {} : { move });
      await writeFile(args.operand(1), bundle);
      const about = { executionId: args.operand(0), file: args.operand(1), bytes: bundle.byteLength };
      if (output.json) output.document(about);
      else output.line(`${about.executionId}: ${about.bytes} bytes in ${about.file}`);
      return undefined;
    },
    { move: { value: 'cancel|delete', help: 'what becomes of it there; a copy is made when absent' } },
  ),
  verb('import', 'FILE', 'Goes on with an execution that was exported.', async (engine, args, output) =>
    told(await engine.import(await bytesOf(args.operand(0))), output),
  ),
];

async function changed(
  engine: HttpExecutionEngine,
  args: Arguments,
  output: VerbContext['output'],
  work: (handle: ExecutionHandle) => Promise<void>,
): Promise<undefined> {
  const handle = await engine.open(args.operand(0));
  await work(handle);
  return told(handle, output);
}

function told({ id, status }: ExecutionHandle, output: VerbContext['output']): undefined {
  if (output.json) output.document({ executionId: id, status });
  else output.line(`${id} ${status}`);
}

function print(event: ExecutionEvent, output: VerbContext['output']): void {
  if (output.json) return output.document(event);
  output.line(
    `${event.timestamp.toISOString()}  ${event.id.padStart(5)}  ${event.type.padEnd(22)}  ${event.description}`,
  );
}

function asListed({ createdAtMs, updatedAtMs, ...rest }: Awaited<ReturnType<HttpExecutionEngine['list']>>[number]) {
  return { ...rest, createdAt: new Date(createdAtMs), updatedAt: new Date(updatedAtMs) };
}

function payloadOf(json: string | undefined): unknown {
  try {
    return json === undefined ? null : JSON.parse(json);
  } catch (thrown) {
    throw new UsageError(`${JSON.stringify(json)} is not JSON: ${(thrown as Error).message}`);
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw new HeddleError({ code: 'NOT_FOUND', message: `${file} cannot be read: ${(thrown as Error).message}` });
  }
}
