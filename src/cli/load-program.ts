import { basename } from 'node:path';
import { type ErrorData, isHeddleError, toErrorData } from '../errors.ts';
import type { ReadProgram } from '../formats/format.ts';
import { readFormat } from '../formats/index.ts';
import type { Output } from './output.ts';
import { readTextFile } from './read-file.ts';

/**
 * Reads a file of any format as a program and tells what was odd in it.
 * @throws HeddleError with all the problems of the file in `errors`
 */
export async function loadProgram(file: string, output: Output): Promise<ReadProgram> {
  const read = readFormat(await readTextFile(file), basename(file).replace(/\.[^.]+$/, ''));
  for (const warning of read.warnings) output.warning(warning, file);
  return read;
}

/** Expected duration of every node, by its index; undefined when the file tells none. */
export function durationsByIndex({ program, durations }: ReadProgram): Float64Array | undefined {
  return durations === undefined
    ? undefined
    : Float64Array.from(Object.keys(program.nodes), (id) => durations.get(id) ?? 0);
}

/** All the errors that a thrown value stands for. */
export function errorsOf(thrown: unknown): readonly ErrorData[] {
  const { errors } = isHeddleError(thrown) ? thrown : {};
  return errors ?? [toErrorData(thrown, 'INVARIANT')];
}
