import type { ExecutionOptions } from '../../engine/execution-options.ts';
import { type ErrorData, HeddleError } from '../../errors.ts';
import { formatTraceparent, parseTraceparent } from '../../observe/traceparent.ts';
import type { Capacity } from '../../program/check-resources.ts';
import { limits } from '../../program/limits.ts';
import type { Program } from '../../program/program.ts';
import { optionsShape } from '../../program/program-shape.ts';
import { checkAgainstSchema } from '../../program/schema.ts';
import { checkProgram } from '../../program/validate.ts';
import type { Value } from '../../program/value.ts';
import type { ModuleRegistry } from '../registry.ts';
import { asValue, estimateBytes } from '../values/estimate-bytes.ts';
import type { ProgramSource } from './program-source.ts';

/**
 * A program as it was handed in, checked to the last node. The parser of texts is loaded when the first text comes: a page
 * that hands in data does without it.
 * @param capacity of the host's resources; null when it has none
 * @throws HeddleError with every error of the program in `errors`
 */
export async function readProgram(
  source: ProgramSource,
  modules: ModuleRegistry,
  capacity: Capacity,
): Promise<Program> {
  return readDocument(typeof source === 'string' ? await parsed(source) : dataOf(source), modules, capacity);
}

/** What a text says, unchecked. The parser is loaded with the first text. @throws BAD_SYNTAX */
export async function parsed(text: string): Promise<unknown> {
  const { parseDocument } = await import('../../program/parse.ts');
  return parseDocument(text);
}

/** What a program or its builder says, unchecked. */
export function dataOf(source: Exclude<ProgramSource, string>): unknown {
  return 'toJSON' in source && typeof source.toJSON === 'function' ? source.toJSON() : source;
}

/** @throws HeddleError with every error of the program in `errors` */
export function readDocument(document: unknown, modules: ModuleRegistry, capacity: Capacity): Program {
  return checkProgram(document, { modules, capacity });
}

/** @throws BAD_SCHEMA with every mismatch in `errors` */
export function readOptions(options: unknown): ExecutionOptions {
  const errors: ErrorData[] = [];
  optionsShape(options, 'options', (error) => errors.push(error));
  const [first] = errors;
  if (first !== undefined) throw new HeddleError(first, errors);
  return options as ExecutionOptions;
}

/** An option that is on or off; off by default. @throws BAD_SCHEMA */
export function readFlag(name: string, given: unknown): boolean {
  if (given === undefined || typeof given === 'boolean') return given ?? false;
  throw new HeddleError({
    code: 'BAD_SCHEMA',
    message: `options.${name} is ${JSON.stringify(given)?.slice(0, 40)}, not true or false`,
    path: `options.${name}`,
  });
}

/** @throws BAD_SCHEMA */
export function readSearchBudget(given: unknown): number | undefined {
  const most = limits.searchBudgetMsMax;
  if (given === undefined) return undefined;
  if (typeof given === 'number' && given >= 0 && given <= most) return given;
  const message = `options.searchBudgetMs is ${JSON.stringify(given)?.slice(0, 40)}, not a number of ms from 0 to ${most}`;
  throw new HeddleError({ code: 'BAD_SCHEMA', message, path: 'options.searchBudgetMs' });
}

/** As a header of version 00; undefined when there is none that is valid. @throws BAD_SCHEMA */
export function readTraceparent(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'string') {
    const message = `options.traceparent is ${JSON.stringify(given)?.slice(0, 40)}, not text`;
    throw new HeddleError({ code: 'BAD_SCHEMA', message, path: 'options.traceparent' });
  }
  const parsed = parseTraceparent(given);
  return parsed === undefined ? undefined : formatTraceparent(parsed);
}

/** @throws BAD_INPUT with every mismatch in `errors` */
export function readInputs(program: Program, inputs: unknown): Value {
  try {
    estimateBytes(inputs);
  } catch (thrown) {
    throw new HeddleError({
      code: 'BAD_INPUT',
      message: `the inputs cannot be stored: ${(thrown as Error).message}`,
      path: 'inputs',
    });
  }
  const value = asValue(inputs);
  const errors = program.inputs === undefined ? [] : checkAgainstSchema(program.inputs, value);
  const [first] = errors;
  if (first === undefined) return value;
  const told = errors.map((error) => ({
    ...error,
    code: 'BAD_INPUT' as const,
    path: ['inputs', error.path].filter(Boolean).join('.'),
  }));
  throw new HeddleError(
    {
      code: 'BAD_INPUT',
      message: `the inputs do not match the program's schema: ${first.message}`,
      path: told[0]?.path ?? 'inputs',
    },
    told,
  );
}
