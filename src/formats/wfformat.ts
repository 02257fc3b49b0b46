import type { Program, ProgramNode } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import type { Value } from '../program/value.ts';
import { describe, Findings, isRecord, type JsonRecord } from './findings.ts';
import type { Annotation, Format, ReadProgram } from './format.ts';
import { readWfDocument, runtimeOf, taskListOf, type WfDocument, type WfTask } from './wfformat-document.ts';
import { wfEdges } from './wfformat-edges.ts';
import { optionsSchema, simulatedTask } from './wfformat-module.ts';

/**
 * WfFormat of WfCommons (github.com/wfcommons/WfFormat, schema 1.5 and 1.6; the layout of 1.2 to 1.4 is read too): one
 * recorded execution of a scientific workflow. Every task becomes a node under its own id that runs `sim.task` for the recorded
 * seconds; parents and children become `needs`. Files only order tasks through these; names may repeat and are not used as ids.
 */
export const wfFormat: Format = {
  name: 'WfFormat',
  looksLike: 'an object with a workflow of specification.tasks, or of tasks with parents',
  recognises: (document) =>
    isRecord(document) && isRecord(document.workflow) && taskListOf(document.workflow) !== undefined,
  read: readWfFormat,
};

function readWfFormat(document: unknown, name: string): ReadProgram {
  const findings = new Findings();
  const root: JsonRecord = isRecord(document) ? document : {};
  const read = readWfDocument(isRecord(root.workflow) ? root.workflow : {}, findings);
  const needs = wfEdges(read.tasks, findings);
  const durations = readDurations(read, findings);
  findings.throwIfAny();
  const nodes = read.tasks.map(
    (task) => [task.id, node(task, durations.get(task.id) ?? 0, needs.get(task.id) ?? new Set())] as const,
  );
  const program = checkProgram({
    heddle: 1,
    name: typeof root.name === 'string' && root.name !== '' ? root.name : name,
    ...(typeof root.description === 'string' && root.description !== '' && { description: root.description }),
    inputs: optionsSchema,
    nodes: Object.fromEntries(nodes),
  } satisfies Program);
  return {
    format: wfFormat.name,
    program,
    ...(read.recorded && { durations }),
    timeUnit: read.recorded ? 's' : 'unit',
    annotations: new Map(read.tasks.map((task) => [task.id, annotation(task, read.bytesOf)])),
    modules: [simulatedTask],
    warnings: findings.warnings,
  };
}

/** How tasks are run is the program's input, so that one file can be run at any speed. */
function node(task: WfTask, runtimeS: number, needs: ReadonlySet<string>): ProgramNode {
  return {
    module: simulatedTask.name,
    with: { runtimeS, options: '${input}' },
    ...(needs.size > 0 && { needs: [...needs] }),
    ...(task.name !== task.id && { summary: task.name }),
  };
}

function readDurations({ tasks, recorded }: WfDocument, findings: Findings): Map<string, number> {
  const durations = new Map<string, number>();
  for (const { id, record, recordPath } of tasks) {
    const runtime = runtimeOf(record);
    const quoted = JSON.stringify(id);
    if (runtime === undefined) {
      durations.set(id, 0);
      if (recorded)
        findings.warn({
          code: 'BAD_SCHEMA',
          path: `${recordPath}.runtimeInSeconds`,
          message: `task ${quoted} has no recorded runtime; it counts as 0 s`,
        });
    } else if (typeof runtime === 'number' && Number.isFinite(runtime) && runtime >= 0) durations.set(id, runtime);
    else
      findings.error({
        code: 'BAD_SCHEMA',
        path: `${recordPath}.runtimeInSeconds`,
        message: `the runtime of task ${quoted} must be a number of seconds, 0 or more, not ${describe(runtime)}`,
      });
  }
  return durations;
}

/** Facts of the record that are numbers, under Heddle's names; the format's own units (memory is KiB in some files) stay as they are. */
const recordedFacts: ReadonlyArray<readonly [key: string, ...spellings: string[]]> = [
  ['cores', 'coreCount', 'cores'],
  ['cpuPercent', 'avgCPU'],
  ['memoryBytes', 'memoryInBytes', 'memory'],
  ['readBytes', 'readBytes', 'bytesRead'],
  ['writtenBytes', 'writtenBytes', 'bytesWritten'],
  ['energyKWh', 'energyInKWh', 'energy'],
  ['powerW', 'avgPowerInW', 'avgPower'],
  ['priority', 'priority'],
];

function annotation(
  { name, record = {}, inputFiles, outputFiles }: WfTask,
  bytesOf: ReadonlyMap<string, number>,
): Annotation {
  const facts: Record<string, Value> = {
    name,
    inputBytes: sum(inputFiles, bytesOf),
    outputBytes: sum(outputFiles, bytesOf),
    inputFiles: sizes(inputFiles, bytesOf),
    outputFiles: sizes(outputFiles, bytesOf),
  };
  for (const [key, ...spellings] of recordedFacts) {
    const value = spellings.map((spelling) => record[spelling]).find((each) => typeof each === 'number');
    if (typeof value === 'number') facts[key] = value;
  }
  const machines = Array.isArray(record.machines) ? record.machines : [record.machine];
  const names = machines.filter((machine): machine is string => typeof machine === 'string');
  if (names.length > 0) facts.machines = names;
  return facts;
}

function sizes(files: readonly string[], bytesOf: ReadonlyMap<string, number>): Value {
  return Object.fromEntries(files.map((file) => [file, bytesOf.get(file) ?? 0]));
}

function sum(files: readonly string[], bytesOf: ReadonlyMap<string, number>): number {
  return files.reduce((total, file) => total + (bytesOf.get(file) ?? 0), 0);
}
