import { HeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import { parseDocument } from '../program/parse.ts';
import { toDot } from './dot.ts';
import { dspex } from './dspex.ts';
import { describe, isRecord } from './findings.ts';
import type { Format, ReadProgram } from './format.ts';
import { heddleFormat, shortForm } from './heddle-format.ts';
import { graphCondition } from './intellibrowse/condition.ts';
import { intellibrowse } from './intellibrowse.ts';
import { kindredOf } from './kindred.ts';
import { toMermaid } from './mermaid.ts';
import { pipelineModules } from './pipeline/modules.ts';
import { type PipelineOptions, pipeline, pipelineFormat } from './pipeline.ts';
import { wfFormat } from './wfformat.ts';
import { simulatedTask } from './wfformat-module.ts';
import { voxValue, workplan } from './workplan.ts';

export type { Annotation, Format, ReadProgram, TimeUnit } from './format.ts';
export { intellibrowseStatus, type JobStatus } from './intellibrowse/status.ts';
export { exportWfFormat, type RecordedExecution, type WfDocumentOut, type WfExportOptions } from './wfformat-export.ts';
export {
  dspex,
  heddleFormat,
  intellibrowse,
  type PipelineOptions,
  pipeline,
  pipelineFormat,
  shortForm,
  toDot,
  toMermaid,
  wfFormat,
  workplan,
};

/** Every format that can be read; at most one recognises a document. */
export const formats: readonly Format[] = [heddleFormat, shortForm, dspex, wfFormat, workplan, pipeline, intellibrowse];

/** The modules that programs read from these formats name, so that what was converted runs too. */
export const formatModules: readonly AnyModule[] = [simulatedTask, voxValue, graphCondition, ...pipelineModules];

/** Recordings repeat commands and file names and are larger than a program of as many nodes. */
export const recordingBytesMax = 128 * 2 ** 20;

/**
 * Reads the text of a file (JSON or YAML) as a program, whatever its format.
 * @param name what the program is called when the file does not say
 * @throws BAD_SYNTAX; UNKNOWN_FORMAT; or the errors of the format, all of them in `errors`
 */
export function readFormat(text: string, name = 'program'): ReadProgram {
  const document = parseDocument(text, recordingBytesMax);
  const format = formats.find((each) => each.recognises(document));
  if (format === undefined) throw unknownFormat(document);
  return format.read(document, name);
}

function unknownFormat(document: unknown): HeddleError {
  const kindred = kindredOf(document);
  if (kindred !== undefined) {
    const { what, hint } = kindred;
    return new HeddleError({ code: 'UNKNOWN_FORMAT', message: `the file is no program: it is ${what}`, hint });
  }
  const known = formats.map(({ name, looksLike }) => `${name} (${looksLike})`);
  return new HeddleError({
    code: 'UNKNOWN_FORMAT',
    message: `the file is of no known format: it holds ${summary(document)}`,
    hint: `known are ${known.join('; ')}`,
    details: { formats: formats.map(({ name }) => name) },
  });
}

const keysShownMax = 8;

function summary(document: unknown): string {
  if (!isRecord(document)) return describe(document);
  const keys = Object.keys(document);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, keysShownMax).map((key) => key.slice(0, 40));
  return `an object with the keys ${shown.join(', ')}${keys.length > keysShownMax ? ` and ${keys.length - keysShownMax} more` : ''}`;
}
