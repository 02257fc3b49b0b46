import { stringify } from 'yaml';
import type { ReadProgram } from '../formats/format.ts';
import { exportWfFormat, type RecordedExecution, recordingBytesMax, toDot, toMermaid } from '../formats/index.ts';
import { parseDocument } from '../program/parse.ts';
import { loadProgram } from './load-program.ts';
import { readTextFile } from './read-file.ts';
import { type Arguments, exitStatus, UsageError, type Verb, type VerbContext } from './verb.ts';

const targets = ['heddle', 'yaml', 'mermaid', 'dot', 'wfformat'] as const;

export const convertVerb: Verb = {
  name: 'convert',
  operands: 'FILE',
  operandsMin: 1,
  operandsMax: 1,
  summary: "Writes a program of any format as Heddle's own, as a drawing (Mermaid, DOT), or as WfFormat.",
  options: {
    to: { value: targets.join('|'), help: 'what to write, default heddle (JSON)' },
    result: { value: 'FILE', help: 'with wfformat: what heddle run --json printed of it, to be recorded' },
  },
  run: runConvert,
};

async function runConvert(args: Arguments, { output }: VerbContext): Promise<number> {
  const target = args.oneOf('to', targets) ?? 'heddle';
  const resultFile = args.text('result');
  if (resultFile !== undefined && target !== 'wfformat') throw new UsageError('--result goes with --to wfformat');
  const read = await loadProgram(args.operand(0), output);
  if (target === 'heddle' || target === 'wfformat') {
    const document = target === 'heddle' ? read.program : await recorded(read, resultFile);
    if (output.json) output.document(document);
    else output.pretty(document);
    return exitStatus.success;
  }
  const text = target === 'yaml' ? stringify(read.program) : (target === 'dot' ? toDot : toMermaid)(read.program);
  if (output.json) output.document(text);
  else for (const line of text.trimEnd().split('\n')) output.line(line);
  return exitStatus.success;
}

async function recorded({ program, annotations }: ReadProgram, resultFile: string | undefined): Promise<unknown> {
  const execution = resultFile === undefined ? undefined : await readResult(resultFile);
  return exportWfFormat(program, {
    ...(execution !== undefined && { execution, nodeName: 'localhost' }),
    ...(annotations !== undefined && { annotations }),
  });
}

async function readResult(file: string): Promise<RecordedExecution> {
  const result = parseDocument(await readTextFile(file), recordingBytesMax) as RecordedExecution | null;
  if (
    result === null ||
    typeof result !== 'object' ||
    !Array.isArray(result.timeline) ||
    result.startedAt === undefined
  )
    throw new UsageError(`${file} is no result of heddle run --json: it has no startedAt and timeline`);
  return result;
}
