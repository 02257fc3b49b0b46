import { describe, type Findings, isRecord, type JsonRecord } from './findings.ts';

/** One task of a WfFormat document, whichever layout it was in. */
export interface WfTask {
  readonly id: string;
  readonly name: string;
  /** Where it is described in the document. */
  readonly path: string;
  /** What it refers to, by id (or by name, in the layout up to 1.4). */
  readonly parents: readonly WfReference[];
  readonly children: readonly WfReference[];
  readonly inputFiles: readonly string[];
  readonly outputFiles: readonly string[];
  /** What was recorded when it ran, with the keys of the format; undefined when there is no record. */
  readonly record: JsonRecord | undefined;
  readonly recordPath: string;
}

export interface WfReference {
  readonly to: string;
  readonly path: string;
}

export interface WfDocument {
  readonly tasks: readonly WfTask[];
  /** Whether any task has a recorded runtime. */
  readonly recorded: boolean;
  readonly bytesOf: ReadonlyMap<string, number>;
}

/** Since 1.5 a workflow has a specification and, when it ran, an execution; up to 1.4 both were in one list of tasks (in 1.2, jobs). */
export function taskListOf(
  workflow: JsonRecord,
): { readonly list: unknown; readonly path: string; readonly split: boolean } | undefined {
  if (isRecord(workflow.specification))
    return { list: workflow.specification.tasks, path: 'workflow.specification.tasks', split: true };
  if ('tasks' in workflow) return { list: workflow.tasks, path: 'workflow.tasks', split: false };
  if ('jobs' in workflow) return { list: workflow.jobs, path: 'workflow.jobs', split: false };
  return undefined;
}

/** Brings both layouts into one shape. Problems go to `findings`; what is wrong is left out of the result. */
export function readWfDocument(workflow: JsonRecord, findings: Findings): WfDocument {
  const { list, path, split } = taskListOf(workflow) ?? {
    list: undefined,
    path: 'workflow.specification.tasks',
    split: true,
  };
  if (!Array.isArray(list) || list.length === 0) {
    findings.error({
      code: 'BAD_SCHEMA',
      path,
      message: `${path} must be a list of at least one task, not ${Array.isArray(list) ? 'an empty one' : describe(list)}`,
    });
    return { tasks: [], recorded: false, bytesOf: new Map() };
  }
  const records = split ? executionRecords(workflow, findings) : undefined;
  const tasks: WfTask[] = [];
  list.forEach((entry: unknown, index) => {
    const task = readTask(entry, `${path}[${index}]`, records, findings);
    if (task !== undefined) tasks.push(task);
  });
  if (records !== undefined) {
    const ids = new Set(tasks.map((task) => task.id));
    for (const [id, { path: recordPath }] of records) {
      if (!ids.has(id))
        findings.warn({
          code: 'UNKNOWN_NODE',
          path: recordPath,
          message: `the execution records a task ${JSON.stringify(id)} that the specification does not have; it is left out`,
        });
    }
  }
  const recorded = tasks.some((task) => runtimeOf(task.record) !== undefined);
  return { tasks, recorded, bytesOf: split ? fileBytes(workflow.specification, 'id') : taskFileBytes(list) };
}

/** The recorded runtime as it stands in the document. Up to 1.3 the key was `runtime`. */
export function runtimeOf(record: JsonRecord | undefined): unknown {
  return record?.runtimeInSeconds ?? record?.runtime ?? undefined;
}

type Records = ReadonlyMap<string, { readonly record: JsonRecord; readonly path: string }>;

function executionRecords(workflow: JsonRecord, findings: Findings): Records {
  const records = new Map<string, { record: JsonRecord; path: string }>();
  const { execution } = workflow;
  if (execution === undefined || execution === null) return records;
  const path = 'workflow.execution.tasks';
  const list = isRecord(execution) ? execution.tasks : undefined;
  if (!Array.isArray(list)) {
    findings.error({
      code: 'BAD_SCHEMA',
      path,
      message: `${path} must be a list of what was recorded for each task, not ${describe(list)}`,
      hint: 'leave workflow.execution out when the workflow never ran',
    });
    return records;
  }
  list.forEach((record: unknown, index) => {
    const at = `${path}[${index}]`;
    if (!isRecord(record) || typeof record.id !== 'string') {
      findings.error({
        code: 'BAD_SCHEMA',
        path: `${at}.id`,
        message: `${at} must be an object with the id of its task`,
      });
    } else if (records.has(record.id)) {
      findings.error({
        code: 'DUPLICATE_ID',
        path: `${at}.id`,
        message: `the execution records task ${JSON.stringify(record.id)} twice`,
      });
    } else records.set(record.id, { record, path: at });
  });
  return records;
}

function readTask(entry: unknown, path: string, records: Records | undefined, findings: Findings): WfTask | undefined {
  if (!isRecord(entry)) {
    findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must be a task, not ${describe(entry)}` });
    return undefined;
  }
  // Up to 1.4 the id is optional and the name is what other tasks refer to.
  const id = entry.id ?? (records === undefined ? entry.name : undefined);
  if (typeof id !== 'string' || id === '') {
    findings.error({
      code: 'BAD_SCHEMA',
      path: `${path}.id`,
      message: `the id of ${path} must be a text, not ${describe(id)}`,
    });
    return undefined;
  }
  const recorded = records?.get(id);
  const files = { id, path, findings };
  return {
    id,
    name: typeof entry.name === 'string' && entry.name !== '' ? entry.name : id,
    path,
    parents: references(entry, 'parents', files),
    children: references(entry, 'children', files),
    inputFiles: records === undefined ? linkedFiles(entry.files, 'input') : texts(entry.inputFiles),
    outputFiles: records === undefined ? linkedFiles(entry.files, 'output') : texts(entry.outputFiles),
    record: records === undefined ? entry : recorded?.record,
    recordPath: records === undefined ? path : (recorded?.path ?? path),
  };
}

function references(
  entry: JsonRecord,
  key: 'parents' | 'children',
  { id, path, findings }: { id: string; path: string; findings: Findings },
): WfReference[] {
  const list = entry[key];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    findings.error({
      code: 'BAD_SCHEMA',
      path: `${path}.${key}`,
      message: `${key} of task ${JSON.stringify(id)} must be a list of task ids, not ${describe(list)}`,
    });
    return [];
  }
  const found: WfReference[] = [];
  list.forEach((to: unknown, index) => {
    const at = `${path}.${key}[${index}]`;
    if (typeof to === 'string') found.push({ to, path: at });
    else
      findings.error({
        code: 'BAD_SCHEMA',
        path: at,
        message: `${key} of task ${JSON.stringify(id)} must hold task ids, not ${describe(to)}`,
      });
  });
  return found;
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

/** File names of a task up to 1.4, where each file says whether it is read or written. */
function linkedFiles(files: unknown, link: 'input' | 'output'): string[] {
  if (!Array.isArray(files)) return [];
  return files
    .filter(isRecord)
    .flatMap((file) => (file.link === link && typeof file.name === 'string' ? [file.name] : []));
}

function taskFileBytes(tasks: readonly unknown[]): Map<string, number> {
  const bytesOf = new Map<string, number>();
  for (const task of tasks) for (const [name, bytes] of fileBytes(task, 'name')) bytesOf.set(name, bytes);
  return bytesOf;
}

function fileBytes(holder: unknown, key: 'id' | 'name'): Map<string, number> {
  const bytesOf = new Map<string, number>();
  const files = isRecord(holder) && Array.isArray(holder.files) ? holder.files : [];
  for (const file of files.filter(isRecord)) {
    const bytes = file.sizeInBytes ?? file.size;
    const name = file[key];
    if (typeof name === 'string' && typeof bytes === 'number' && bytes >= 0) bytesOf.set(name, bytes);
  }
  return bytesOf;
}
