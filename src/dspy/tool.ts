import type { Usage } from '../engine/usage.ts';
import { HeddleError, toErrorData } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import { abortOf } from '../host/run/lazy-abort.ts';
import { runModule } from '../host/run/run-module.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import { pythonRepr } from './python-text.ts';
import type { Session } from './session.ts';

/** The arguments of a tool by name, each with its JSON Schema: the properties of the module's input. */
function toolArguments({ input }: AnyModule): { readonly [name: string]: Value } {
  const properties = isRecord(input) && isRecord(input.properties) ? input.properties : {};
  return properties as { readonly [name: string]: Value };
}

/** A tool as DSPy describes it in a prompt. */
export function describeTool(tool: AnyModule): string {
  const { name, description } = tool;
  const told =
    description === undefined ? '' : `, whose description is <desc>${description.replaceAll('\n', '  ')}</desc>`;
  return `${name}${told}. It takes arguments ${pythonRepr(toolArguments(tool))}.`;
}

/** What the tool says to these arguments; its failure is text too, so that the model can do something about it. */
export async function callTool(tool: AnyModule, args: Value, session: Session): Promise<Value> {
  try {
    return await runTool(tool, args, session);
  } catch (thrown) {
    session.signal.throwIfAborted();
    const { code, message } = toErrorData(thrown, 'MODULE_FAILED');
    return `Execution error in ${tool.name}: ${code}: ${message}`;
  }
}

/** Runs a module of Heddle inside another one, with its schemas checked. @throws what it failed with */
export async function runTool(tool: AnyModule, args: Value, session: Session): Promise<Value> {
  const { context } = session;
  const { executionId, taskId, attempt } = context;
  const observer = {
    emitted: (chunk: Value) => context.emit(chunk),
    progressed: () => undefined,
    logged: (message: string, more?: { readonly [key: string]: Value }) => context.log(message, more),
    heartbeat: () => context.heartbeat(),
    used: ({ metrics = {}, ...usage }: Usage) => {
      context.usage(usage);
      for (const [name, value] of Object.entries(metrics)) context.metric(name, value);
    },
  };
  const call = { executionId, taskId, attempt, generation: 0, module: tool.name, input: args };
  const outcome = await runModule(tool, call, observer, abortOf(session.signal), (name) => context.secret(name));
  if ('error' in outcome) throw new HeddleError(outcome.error);
  return outcome.output;
}
