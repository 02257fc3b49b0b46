import { describe, type Findings, isRecord, type JsonRecord } from '../findings.ts';
import { chatTypes, innerSteps, localTypes, nestingTypes } from './step-types.ts';

export interface LoaderOptions {
  /** Whether `test_echo` is a step type, as in the test environment of pipeline_ex. */
  readonly testEcho: boolean;
}

/** Checks what `Pipeline.Config` checks, everything at once, and the same of the steps inside of steps. */
export function checkWorkflow(workflow: JsonRecord, options: LoaderOptions, findings: Findings): void {
  if (typeof workflow.name !== 'string' || workflow.name === '')
    findings.error({
      code: 'BAD_SCHEMA',
      path: 'workflow.name',
      message: `workflow.name must be a text, not ${describe(workflow.name)}`,
    });
  const functions = checkFunctions(workflow.gemini_functions, findings);
  if (workflow.variables !== undefined)
    findings.warn({
      code: 'BAD_SCHEMA',
      path: 'workflow.variables',
      message: 'pipeline_ex reads no workflow.variables, so nothing is set; global_vars are read',
    });
  checkSteps(workflow.steps, 'workflow.steps', { ...options, functions, names: new Set() }, findings, 0);
}

interface Around extends LoaderOptions {
  readonly functions: ReadonlySet<string>;
  /** Names of the steps around. */
  readonly names: ReadonlySet<string>;
}

const depthMax = 9;

function checkSteps(steps: unknown, path: string, around: Around, findings: Findings, depth: number): void {
  if (!Array.isArray(steps) || steps.length === 0) {
    const found = Array.isArray(steps) ? 'an empty one' : describe(steps);
    findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must be a list of at least one step, not ${found}` });
    return;
  }
  if (depth > depthMax) {
    findings.error({
      code: 'LIMIT_EXCEEDED',
      path,
      message: `steps nest at most ${depthMax} deep`,
      details: { limit: depthMax },
    });
    return;
  }
  const names = new Set([...around.names, ...steps.filter(isRecord).map(({ name }) => String(name))]);
  steps.forEach((step: unknown, index) => checkStep(step, `${path}[${index}]`, { ...around, names }, findings, depth));
}

function checkStep(step: unknown, path: string, around: Around, findings: Findings, depth: number): void {
  const wrong = (key: string, message: string, hint?: string): void =>
    findings.error({
      code: 'BAD_SCHEMA',
      path: key === '' ? path : `${path}.${key}`,
      message,
      ...(hint !== undefined && { hint }),
    });
  if (!isRecord(step)) return wrong('', `${path} must be a step, not ${describe(step)}`);
  const { name, type } = step;
  if (typeof name !== 'string' || name === '') return wrong('name', `${path} has no name, it is ${describe(name)}`);
  const types = [...chatTypes, ...nestingTypes, ...localTypes].filter(
    (each) => around.testEcho || each !== 'test_echo',
  );
  if (typeof type !== 'string' || !types.includes(type))
    return wrong(
      'type',
      `step ${name} has the type ${describe(type)}, which there is not`,
      `types are: ${types.join(', ')}`,
    );
  if (type === 'test_echo')
    findings.warn({
      code: 'BAD_SCHEMA',
      path: `${path}.type`,
      message: `step ${name}: pipeline_ex takes test_echo in its tests only`,
    });
  if (type === 'parallel_claude' && !Array.isArray(step.parallel_tasks))
    wrong('parallel_tasks', `step ${name} of type parallel_claude has no list of parallel_tasks`);
  if (type === 'claude_batch' && step.prompt === undefined && step.tasks === undefined)
    wrong('prompt', `step ${name} of type claude_batch has neither prompt nor tasks`);
  checkTasks(step, path, around, findings);
  const needsPrompt = chatTypes.has(type) && type !== 'parallel_claude' && type !== 'claude_batch';
  if (needsPrompt || (type === 'claude_batch' && step.prompt !== undefined))
    checkPrompt(step.prompt, `${path}.prompt`, name, around, findings);
  checkUsedFunctions(step, path, around, findings);
  warnOfPaths(step, path, findings);
  checkNested(step, path, around, findings, depth);
}

function checkNested(step: JsonRecord, path: string, around: Around, findings: Findings, depth: number): void {
  const { type, name } = step;
  const missing = (key: string): void =>
    findings.error({
      code: 'BAD_SCHEMA',
      path: `${path}.${key}`,
      message: `step ${String(name)} of type ${String(type)} has no ${key}`,
    });
  if (type === 'pipeline') {
    if (isRecord(step.pipeline)) {
      const inner = { ...around, names: new Set<string>() };
      checkSteps(innerSteps(step), `${path}.pipeline.steps`, inner, findings, depth + 1);
    } else if (typeof step.pipeline_file !== 'string') missing('pipeline');
    return;
  }
  if (!nestingTypes.has(String(type))) return;
  if (type === 'for_loop' && typeof step.iterator !== 'string') missing('iterator');
  if (type === 'for_loop' && typeof step.data_source !== 'string') missing('data_source');
  if (type === 'while_loop' && step.condition === undefined) missing('condition');
  checkSteps(step.steps, `${path}.steps`, around, findings, depth + 1);
}

function checkTasks(step: JsonRecord, path: string, around: Around, findings: Findings): void {
  const key = step.type === 'parallel_claude' ? 'parallel_tasks' : step.type === 'claude_batch' ? 'tasks' : undefined;
  const tasks = key === undefined ? undefined : step[key];
  if (!Array.isArray(tasks)) return;
  tasks.forEach((task: unknown, index) => {
    const at = `${path}.${key}[${index}]`;
    if (!isRecord(task))
      findings.error({ code: 'BAD_SCHEMA', path: at, message: `${at} must be a task, not ${describe(task)}` });
    else if (task.prompt !== undefined) checkPrompt(task.prompt, `${at}.prompt`, String(step.name), around, findings);
  });
}

const emptyParts: ReadonlySet<unknown> = new Set(['session_context', 'claude_continue']);
/** What each type of part has to have. */
const partKeys: { readonly [type: string]: string } = { static: 'content', file: 'path', previous_response: 'step' };

function checkPrompt(prompt: unknown, path: string, step: string, { names }: Around, findings: Findings): void {
  if (!Array.isArray(prompt)) {
    findings.error({
      code: 'BAD_SCHEMA',
      path,
      message: `the prompt of step ${step} must be a list of parts, not ${describe(prompt)}`,
      hint: 'write prompt: [{ type: static, content: ... }]',
    });
    return;
  }
  prompt.forEach((part: unknown, index) => {
    const at = `${path}[${index}]`;
    if (!isRecord(part)) {
      findings.error({
        code: 'BAD_SCHEMA',
        path: at,
        message: `${at} must be a part of a prompt, not ${describe(part)}`,
      });
      return;
    }
    if (emptyParts.has(part.type)) return;
    const key = typeof part.type === 'string' && Object.hasOwn(partKeys, part.type) ? partKeys[part.type] : undefined;
    if (key === undefined)
      findings.error({
        code: 'BAD_SCHEMA',
        path: `${at}.type`,
        message: `step ${step} has a prompt part of type ${describe(part.type)}`,
        hint: 'types are: static, file, previous_response, session_context, claude_continue',
      });
    else if (part[key] === undefined || part[key] === null)
      findings.error({
        code: 'BAD_SCHEMA',
        path: `${at}.${key}`,
        message: `step ${step} has a ${String(part.type)} prompt part without ${key}`,
      });
    else if (part.type === 'previous_response' && !names.has(String(part.step)))
      findings.error({
        code: 'UNKNOWN_NODE',
        path: `${at}.step`,
        message: `step ${step} refers to ${describe(part.step)}, which is no step`,
      });
  });
}

function checkFunctions(functions: unknown, findings: Findings): ReadonlySet<string> {
  const path = 'workflow.gemini_functions';
  if (functions === undefined || functions === null) return new Set();
  if (!isRecord(functions)) {
    findings.error({
      code: 'BAD_SCHEMA',
      path,
      message: `${path} must be an object of functions, not ${describe(functions)}`,
    });
    return new Set();
  }
  for (const [name, definition] of Object.entries(functions)) {
    const fits = isRecord(definition) && typeof definition.description === 'string' && isRecord(definition.parameters);
    if (!fits)
      findings.error({
        code: 'BAD_SCHEMA',
        path: `${path}.${name}`,
        message: `the function ${name} must have a description and parameters`,
      });
  }
  return new Set(Object.keys(functions));
}

function checkUsedFunctions({ functions, name }: JsonRecord, path: string, around: Around, findings: Findings): void {
  if (functions === undefined || functions === null) return;
  const at = `${path}.functions`;
  if (!Array.isArray(functions))
    findings.error({
      code: 'BAD_SCHEMA',
      path: at,
      message: `functions of step ${String(name)} must be a list, not ${describe(functions)}`,
    });
  else
    functions.forEach((each: unknown, index) => {
      if (around.functions.has(String(each))) return;
      findings.error({
        code: 'UNKNOWN_NODE',
        path: `${at}[${index}]`,
        message: `step ${String(name)} names the function ${describe(each)}, which gemini_functions do not have`,
      });
    });
}

function warnOfPaths({ condition, type }: JsonRecord, path: string, findings: Findings): void {
  if (type !== 'while_loop' && typeof condition === 'string' && /^\s*steps\./.test(condition))
    findings.warn({
      code: 'BAD_EXPRESSION',
      path: `${path}.condition`,
      message: 'conditions name steps without "steps.": this one is always false',
    });
}
