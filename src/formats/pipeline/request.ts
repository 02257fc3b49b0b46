import type { Value } from '../../program/value.ts';
import type { PipelineContext } from './context.ts';
import { type Data, isData } from './data.ts';
import { promptText } from './prompt.ts';

/** Message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the provider's module gets: one answer to a conversation. Absent members are the provider's own defaults. */
export interface ChatRequest {
  readonly provider: 'anthropic' | 'google';
  readonly model?: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  /** Tokens of the answer at the most. */
  readonly maxTokens?: number;
  /** Functions the model may call; `parameters` is a JSON Schema. */
  readonly tools?: readonly Value[];
  /** JSON Schema of the answer. */
  readonly schema?: Value;
}

/** Defaults of a workflow that concern requests. */
export interface RequestDefaults {
  readonly functions: Data;
}

/** One call: the request, and a simpler one to fall back on. */
export interface Asked {
  readonly id: string;
  readonly request: ChatRequest;
  readonly simplified: ChatRequest;
}

/** The calls a step makes: one, or one for each of its tasks. `step` has its templates rendered. */
export function requestsOf(step: Data, defaults: RequestDefaults, context: PipelineContext): readonly Asked[] {
  const name = String(step.name);
  const tasks =
    step.type === 'parallel_claude' ? step.parallel_tasks : step.type === 'claude_batch' ? step.tasks : undefined;
  if (!Array.isArray(tasks)) return [asked(step, name, promptText(step.prompt, context, name), defaults, context)];
  const shared = step.prompt === undefined ? '' : `${promptText(step.prompt, context, name)}\n`;
  return tasks.filter(isData).map((task: Data, index) => {
    const id = String(task.task_id ?? task.id ?? `task_${index}`);
    const parts = task.prompt ?? (typeof task.file === 'string' ? [{ type: 'file', path: task.file }] : '');
    const options = {
      ...(isData(step.claude_options) && step.claude_options),
      ...(isData(task.claude_options) && task.claude_options),
    };
    return asked(
      { ...step, claude_options: options },
      id,
      shared + promptText(parts, context, `${name}.${id}`),
      defaults,
      context,
    );
  });
}

function asked(step: Data, id: string, prompt: string, defaults: RequestDefaults, context: PipelineContext): Asked {
  const request = requestOf(step, prompt, defaults, context);
  const brief = prompt.length > 500 ? `${prompt.slice(0, 500)}…` : prompt;
  const messages: ChatMessage[] = [{ role: 'user', content: `Please give a brief answer: ${brief}` }];
  return { id, request, simplified: { ...request, messages } };
}

const schemaOfInstructor = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, analysis: { type: 'string' }, summary: { type: 'string' } },
} as const;

function requestOf(step: Data, prompt: string, { functions }: RequestDefaults, context: PipelineContext): ChatRequest {
  const isGemini = String(step.type).startsWith('gemini');
  const options: Data = isData(step.claude_options) ? step.claude_options : {};
  const budget: Data = isData(step.token_budget) ? step.token_budget : {};
  const model = isGemini ? step.model : options.model;
  const system = [options.system_prompt, options.append_system_prompt]
    .filter((text) => typeof text === 'string')
    .join('\n');
  const names = Array.isArray(step.functions) ? step.functions.filter((name: Value) => typeof name === 'string') : [];
  const tools = names.map((name: string) => ({ name, ...(isData(functions[name]) && functions[name]) }));
  const number = (key: string, value: Value | undefined) => (typeof value === 'number' ? { [key]: value } : {});
  return {
    provider: isGemini ? 'google' : 'anthropic',
    ...(typeof model === 'string' && { model }),
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...conversation(step, context),
      { role: 'user', content: prompt },
    ],
    ...(isGemini && number('temperature', budget.temperature)),
    ...(isGemini && number('topP', budget.top_p)),
    ...(isGemini && number('topK', budget.top_k)),
    ...(isGemini && number('maxTokens', budget.max_output_tokens)),
    ...(tools.length > 0 && { tools }),
    ...(step.type === 'gemini_instructor' && tools.length === 0 && { schema: schemaOfInstructor as unknown as Value }),
  };
}

/** Name of the session a claude_session step belongs to. */
export function sessionOf(step: Data): string {
  const config = isData(step.session_config) ? step.session_config : {};
  return String(config.session_name ?? step.session_name ?? step.name);
}

function conversation(step: Data, { state }: PipelineContext): readonly ChatMessage[] {
  if (step.type !== 'claude_session') return [];
  const name = sessionOf(step);
  const messages = Object.hasOwn(state.conversations, name) ? state.conversations[name] : undefined;
  return Array.isArray(messages) ? (messages as unknown as readonly ChatMessage[]) : [];
}
