import { HeddleError } from '../errors.ts';
import { parseDocument } from '../program/parse.ts';
import type { Program } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import { Findings, isRecord, type JsonRecord } from './findings.ts';
import type { Format, ReadProgram } from './format.ts';
import { compileWorkflow } from './pipeline/compile.ts';
import { checkWorkflow } from './pipeline/loader.ts';
import { missingProvider, pipelineModules } from './pipeline/modules.ts';

export interface PipelineOptions {
  /**
   * Module that asks a model; default `llm.chat`. It gets a ChatRequest (pipeline/request.ts) and gives a text, or
   * `{ text, toolCalls?: [{ name, arguments }], object?, cost?, usage? }`.
   */
  readonly chat?: string;
  /** Whether `test_echo` steps are taken, as pipeline_ex does in its tests; default true, with a warning. */
  readonly testEcho?: boolean;
  /** Texts of the files that `pipeline_file` names, by path; a file that is not there is a program of that name on the host. */
  readonly files?: { readonly [path: string]: string };
}

const depthMax = 10;

/**
 * LLM pipelines of pipeline_ex (github.com/nshkrdotcom/pipeline_ex, YAML). Steps run strictly in their order. The program's
 * inputs are `files` (texts by path, for `file` parts and file_ops), `inputs` and `variables`; its outputs the results of
 * the steps by name. Where pipeline_ex has traps, docs/from-pipeline-ex.md says what is done here.
 */
export function pipelineFormat(options: PipelineOptions = {}): Format {
  return {
    name: 'pipeline_ex',
    looksLike: 'an object with a workflow of steps',
    recognises: (document) =>
      isRecord(document) && isRecord(document.workflow) && Array.isArray(document.workflow.steps),
    read: (document) => readPipeline(document, options, 0),
  };
}

export const pipeline: Format = pipelineFormat();

function readPipeline(document: unknown, options: PipelineOptions, depth: number): ReadProgram {
  const { chat = 'llm.chat', testEcho = true, files = {} } = options;
  const findings = new Findings();
  const root: JsonRecord = isRecord(document) ? document : {};
  const workflow: JsonRecord = isRecord(root.workflow) ? root.workflow : {};
  checkWorkflow(workflow, { testEcho }, findings);
  findings.throwIfAny();
  const programOf = (path: string): string | Program => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) return path;
    if (depth >= depthMax)
      throw new HeddleError({
        code: 'LIMIT_EXCEEDED',
        path: `file ${path}`,
        message: `pipeline files nest more than ${depthMax} deep`,
      });
    return readPipeline(parseDocument(text), options, depth + 1).program;
  };
  const program = checkProgram(compileWorkflow({ chat, workflow, programOf }, String(workflow.name)));
  return {
    format: 'pipeline_ex',
    program,
    timeUnit: 'unit',
    modules: [...pipelineModules, missingProvider(chat)],
    warnings: findings.warnings,
  };
}
