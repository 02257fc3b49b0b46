import { programEdges } from '../program/edges.ts';
import type { Program } from '../program/program.ts';
import { isRecord } from './findings.ts';
import type { Annotation } from './format.ts';
import { SafeNames } from './safe-names.ts';
import { type RecordedEvent, runtimesOf } from './wfformat-runtimes.ts';

/** An ended execution: an ExecutionResult, or what it is as JSON, with dates as texts. */
export interface RecordedExecution {
  readonly startedAt: Date | string;
  readonly completedAt?: Date | string;
  readonly timeline: readonly RecordedEvent[];
}

export interface WfExportOptions {
  /** Without it only the specification is written: what would be run. */
  readonly execution?: RecordedExecution;
  /** Of the file the program was read from: the files that its tasks read and write are taken from there. */
  readonly annotations?: ReadonlyMap<string, Annotation>;
  /** Host that ran the tasks, told as the one machine. */
  readonly nodeName?: string;
}

/** A WfFormat 1.5 document, JSON-safe. */
export type WfDocumentOut = { readonly [key: string]: unknown };

/**
 * A program, and an execution of it, as a WfFormat 1.5 document. Every node is a task; its runtime is that of the attempt that
 * succeeded, of a forEach node the sum over its items, of a cached result 0. The format has no word for failures: nodes that did
 * not succeed stand in the specification alone.
 *
 * The format takes references of letters, digits, `-`, `_` and `.` only, so other characters of ids become `_`; the name of a
 * task is then its id here.
 */
export function exportWfFormat(program: Program, options: WfExportOptions = {}): WfDocumentOut {
  const { execution, annotations, nodeName } = options;
  const nodes = Object.entries(program.nodes);
  const taskNames = new SafeNames(nodes.map(([id]) => id));
  const { parents, children } = neighbours(program, taskNames);
  const files = new Files(annotations);
  const tasks = nodes.map(([id, { summary }]) => ({
    name: nameOf(annotations?.get(id)) ?? (summary === undefined || summary === '' ? id : summary),
    id: taskNames.of(id),
    parents: parents.get(id) ?? [],
    children: children.get(id) ?? [],
    inputFiles: files.of(id, 'inputFiles'),
    outputFiles: files.of(id, 'outputFiles'),
  }));
  const { name, description } = program;
  return {
    name,
    ...(description !== undefined && description !== '' && { description }),
    ...(execution !== undefined && { createdAt: isoOf(execution.completedAt ?? execution.startedAt) }),
    schemaVersion: '1.5',
    runtimeSystem: { name: 'Heddle', version: '1' },
    workflow: {
      specification: { tasks, files: files.list() },
      ...executionOf(program, taskNames, execution, nodeName),
    },
  };
}

function executionOf(
  { nodes }: Program,
  taskNames: SafeNames,
  execution: RecordedExecution | undefined,
  nodeName: string | undefined,
): { readonly execution?: object } {
  if (execution === undefined) return {};
  const { startedAt, completedAt, timeline } = execution;
  const runtimes = runtimesOf(timeline, (id) => Object.hasOwn(nodes, id));
  const tasks = [...runtimes].map(([id, runtimeMs]) => {
    const { module, priority, resources } = nodes[id] ?? {};
    const cores = resources?.cpu_cores ?? 0;
    return {
      id: taskNames.of(id),
      runtimeInSeconds: runtimeMs / 1000,
      ...(module !== undefined && { command: { program: module, arguments: [] } }),
      ...(priority !== undefined && { priority }),
      ...(cores >= 1 && { coreCount: cores }),
      ...(nodeName !== undefined && { machines: [nodeName] }),
    };
  });
  // The format knows no execution in which nothing ended.
  if (tasks.length === 0) return {};
  const endedAt = completedAt ?? timeline.at(-1)?.timestamp ?? startedAt;
  return {
    execution: {
      makespanInSeconds: (msOf(endedAt) - msOf(startedAt)) / 1000,
      executedAt: isoOf(startedAt),
      tasks,
      ...(nodeName !== undefined && { machines: [{ nodeName }] }),
    },
  };
}

type Neighbours = ReadonlyMap<string, string[]>;

function neighbours(
  program: Program,
  taskNames: SafeNames,
): { readonly parents: Neighbours; readonly children: Neighbours } {
  const ids = Object.keys(program.nodes);
  const parents: Neighbours = new Map(ids.map((id) => [id, []]));
  const children: Neighbours = new Map(ids.map((id) => [id, []]));
  for (const { from, to } of programEdges(program)) {
    const [parent = '', child = ''] = [ids[from], ids[to]];
    parents.get(child)?.push(taskNames.of(parent));
    children.get(parent)?.push(taskNames.of(child));
  }
  return { parents, children };
}

/** The files of all tasks under references that the format takes, with their sizes. */
class Files {
  readonly #annotations: ReadonlyMap<string, Annotation>;
  readonly #bytesOf = new Map<string, number>();
  readonly #names: SafeNames;

  constructor(annotations: ReadonlyMap<string, Annotation> = new Map()) {
    this.#annotations = annotations;
    for (const id of annotations.keys())
      for (const key of ['inputFiles', 'outputFiles'] as const)
        for (const [file, bytes] of this.#filesOf(id, key)) this.#bytesOf.set(file, bytes);
    this.#names = new SafeNames([...this.#bytesOf.keys()]);
  }

  of(id: string, key: 'inputFiles' | 'outputFiles'): string[] {
    return this.#filesOf(id, key).map(([file]) => this.#names.of(file));
  }

  list(): { readonly id: string; readonly sizeInBytes: number }[] {
    return [...this.#bytesOf].map(([file, sizeInBytes]) => ({ id: this.#names.of(file), sizeInBytes }));
  }

  #filesOf(id: string, key: string): (readonly [file: string, bytes: number])[] {
    const files = this.#annotations.get(id)?.[key];
    return isRecord(files)
      ? Object.entries(files).map(([file, bytes]) => [file, typeof bytes === 'number' ? Math.trunc(bytes) : 0])
      : [];
  }
}

function nameOf(annotation: Annotation | undefined): string | undefined {
  const name = annotation?.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

const msOf = (date: Date | string): number => new Date(date).getTime();
const isoOf = (date: Date | string): string => new Date(date).toISOString();
