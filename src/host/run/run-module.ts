import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import { isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { Module, Schema, StandardSchema } from '../../ports/module.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import { checkAgainstSchema } from '../../program/schema.ts';
import type { Value } from '../../program/value.ts';
import type { AnyModule } from '../registry.ts';
import type { Abort } from './lazy-abort.ts';
import { CallContext, type ContextObserver } from './module-context.ts';
import { Secrecy, type SecretVault } from './secrecy.ts';

const noSecrets: SecretVault = () => undefined;

/** How a call ended. */
export type Outcome = { readonly output: Value } | { readonly error: ErrorData };

/**
 * Runs one call of a module to its end: checks the input, runs, checks the output. Every runner, on whatever thread or
 * machine, ends here. Never throws; the failure is the answer, which is there at once when the module has answered at once.
 *
 * Secrets that modules were given are hidden in everything a module tells: errors, logs, chunks, and its output, which is
 * stored: whoever needs a secret asks for it by its name.
 */
export function runModule(
  module: AnyModule,
  call: ModuleCall,
  observer: ContextObserver,
  abort: Abort,
  secrets: SecretVault = noSecrets,
): MaybePromise<Outcome> {
  const secrecy = Secrecy.of(secrets);
  const context = new CallContext(call, observer, abort, secrets, secrecy);
  if (module.input !== undefined || module.output !== undefined)
    return runChecked(module, call, context, abort, secrecy);
  try {
    abort.throwIfAborted();
    const output = (module as Module).run(call.input, context);
    if (!isPromise(output)) return { output: secrecy.redact(output) };
    return Promise.resolve(output).then(
      (late) => answered(late, abort, secrecy),
      (thrown) => failed(thrown, abort, secrecy),
    );
  } catch (thrown) {
    return failed(thrown, abort, secrecy);
  }
}

async function runChecked(
  module: AnyModule,
  call: ModuleCall,
  context: CallContext,
  abort: Abort,
  secrecy: Secrecy,
): Promise<Outcome> {
  try {
    const { input: inputSchema, output: outputSchema, name } = module;
    const input =
      inputSchema === undefined ? call.input : await conform(inputSchema, call.input, 'BAD_INPUT', `input of ${name}`);
    abort.throwIfAborted();
    const output = await (module as Module).run(input, context);
    const checked =
      outputSchema === undefined ? output : await conform(outputSchema, output, 'BAD_OUTPUT', `output of ${name}`);
    return { output: secrecy.redact(checked) };
  } catch (thrown) {
    return failed(thrown, abort, secrecy);
  }
}

function answered(output: Value, abort: Abort, secrecy: Secrecy): Outcome {
  try {
    return { output: secrecy.redact(output) };
  } catch (thrown) {
    return failed(thrown, abort, secrecy);
  }
}

function failed(thrown: unknown, abort: Abort, secrecy: Secrecy): Outcome {
  return { error: secrecy.redact(toErrorData(thrown, abort.aborted ? 'ABORTED' : 'MODULE_FAILED')) };
}

async function conform(
  schema: Schema<unknown>,
  value: Value,
  code: 'BAD_INPUT' | 'BAD_OUTPUT',
  what: string,
): Promise<Value> {
  if (isStandard(schema)) {
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) return result.value as Value;
    const issues = result.issues.map((issue) => ({
      path: (issue.path ?? []).map(pathKey).join('.'),
      message: issue.message,
    }));
    throw nonconforming(code, what, issues);
  }
  const errors = checkAgainstSchema(schema, value);
  if (errors.length > 0) throw nonconforming(code, what, errors);
  return value;
}

function nonconforming(
  code: 'BAD_INPUT' | 'BAD_OUTPUT',
  what: string,
  issues: readonly { path?: string; message: string }[],
): HeddleError {
  const told = issues
    .slice(0, 3)
    .map(({ path, message }) => (path === undefined || path === '' ? message : `${path}: ${message}`));
  return new HeddleError({
    code,
    message: `the ${what} does not match its schema: ${told.join('; ')}`,
    retryable: false,
    details: { issues: issues.slice(0, 20).map(({ path, message }) => ({ path: path ?? '', message })) },
  });
}

export function isStandard(schema: Schema<unknown>): schema is StandardSchema<unknown> {
  return typeof schema === 'object' && '~standard' in schema;
}

function pathKey(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
