import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import { attemptTraceparent } from '../../observe/span-ids.ts';
import { formatTraceparent } from '../../observe/traceparent.ts';
import type { Module, ModuleContext, Schema, StandardSchema } from '../../ports/module.ts';
import type { CallObserver, ModuleCall } from '../../ports/module-runner.ts';
import { sha256Hex, utf8 } from '../../program/digest.ts';
import { checkAgainstSchema } from '../../program/schema.ts';
import type { Value } from '../../program/value.ts';
import type { AnyModule } from '../registry.ts';
import type { Abort } from './lazy-abort.ts';
import { readMetric, readUsage } from './module-usage.ts';
import { Secrecy } from './secrecy.ts';

/** The secrets a host lends to its modules. */
export type SecretVault = (name: string) => string | undefined;

const noSecrets: SecretVault = () => undefined;

/**
 * Runs one call of a module to its end: checks the input, runs, checks the output. Every runner, on whatever thread or
 * machine, ends here. Never throws; the failure is the answer.
 *
 * Secrets that modules were given are hidden in everything a module tells: errors, logs, chunks, and its output, which is
 * stored: whoever needs a secret asks for it by its name.
 */
export async function runModule(
  module: AnyModule,
  call: ModuleCall,
  observer: Omit<CallObserver, 'succeeded' | 'failed'>,
  abort: Abort,
  secrets: SecretVault = noSecrets,
): Promise<{ readonly output: Value } | { readonly error: ErrorData }> {
  const secrecy = Secrecy.of(secrets);
  try {
    const { input: inputSchema, output: outputSchema, name } = module;
    // Without a schema there is nothing to wait for.
    const input =
      inputSchema === undefined ? call.input : await conform(inputSchema, call.input, 'BAD_INPUT', `input of ${name}`);
    abort.throwIfAborted();
    const output = await (module as Module).run(input, moduleContext(call, observer, abort, secrets, secrecy));
    const checked =
      outputSchema === undefined ? output : await conform(outputSchema, output, 'BAD_OUTPUT', `output of ${name}`);
    return { output: secrecy.redact(checked) };
  } catch (thrown) {
    return { error: secrecy.redact(toErrorData(thrown, abort.aborted ? 'ABORTED' : 'MODULE_FAILED')) };
  }
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

function moduleContext(
  call: ModuleCall,
  observer: Omit<CallObserver, 'succeeded' | 'failed'>,
  abort: Abort,
  secrets: SecretVault,
  secrecy: Secrecy,
): ModuleContext {
  return {
    get signal() {
      return abort.signal;
    },
    attempt: call.attempt,
    executionId: call.executionId,
    taskId: call.taskId,
    // Hashed only when a module asks, because most never do.
    get idempotencyKey() {
      return idempotencyKey(call);
    },
    get traceparent() {
      return formatTraceparent(attemptTraceparent(call, { ...call, repeat: call.restores ?? 0 }));
    },
    emit: (chunk) => observer.emitted(secrecy.redact(chunk)),
    progress: (fraction) => observer.progressed(Math.min(Math.max(fraction, 0), 1)),
    log: (message, context) => observer.logged(secrecy.redact(message), secrecy.redact(context)),
    heartbeat: () => observer.heartbeat(),
    usage: (usage) => observer.used(readUsage(usage)),
    metric: (name, value) => observer.used(secrecy.redact(readMetric(name, value))),
    secret(name) {
      const secret = secrets(name);
      if (secret === undefined)
        throw new HeddleError({ code: 'NOT_FOUND', message: `no secret ${name} on this host`, retryable: false });
      secrecy.given(secret);
      return secret;
    },
  };
}

/** Same for every attempt of a task, different after a restore or fork and for each iteration of a repeat. */
export function idempotencyKey({
  executionId,
  taskId,
  generation,
  iteration = 0,
}: Pick<ModuleCall, 'executionId' | 'taskId' | 'generation' | 'iteration'>): string {
  return sha256Hex(utf8(JSON.stringify([executionId, taskId, generation, iteration])));
}
