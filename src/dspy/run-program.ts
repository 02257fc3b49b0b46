import { HeddleError, isHeddleError } from '../errors.ts';
import type { ExecutionEngine, ExecutionHandle } from '../host/execution-engine.ts';
import type { ProgramSource } from '../host/programs/program-source.ts';
import type { Value } from '../program/value.ts';

/** The part of an engine that optimisers need. */
export type CompileEngine = Pick<ExecutionEngine, 'start' | 'open'>;

/**
 * Runs a program to its end, or takes up the execution of that id where it is, with the program it was begun with.
 *
 * @throws what it failed with; NOT_ALLOWED when it was cancelled; LEASE_UNAVAILABLE when another host drives it
 */
export async function runProgram(
  engine: CompileEngine,
  program: ProgramSource,
  inputs: unknown,
  executionId?: string,
): Promise<Value> {
  const handle = await begin(engine, program, inputs, executionId);
  const { status, result = null, error } = await handle.result();
  if (status === 'COMPLETED') return result as Value;
  const { code = 'NOT_ALLOWED', message = `it is ${status}` } = error ?? {};
  throw new HeddleError({
    code,
    message: `the compilation ${handle.id} did not complete: ${message}`,
    hint: 'look at its timeline; compile again with another executionId, and with a cacheScope to pay for no answer twice',
    details: { executionId: handle.id },
  });
}

async function begin(
  engine: CompileEngine,
  program: ProgramSource,
  inputs: unknown,
  executionId?: string,
): Promise<ExecutionHandle> {
  if (executionId === undefined) return engine.start(program, inputs);
  try {
    // One that this engine drives already, having recovered it, is found as well.
    return await engine.open(executionId);
  } catch (thrown) {
    if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
    return engine.start(program, inputs, { executionId });
  }
}
