import type { ChatMessage, ToolCall } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';
import {
  argumentsOf,
  count,
  type Json,
  list,
  noTokens,
  numbers,
  object,
  type StreamReader,
  type Tokens,
  text,
  type WireFormat,
  type WireReply,
} from './llm-wire.ts';

/** The protocol of OpenAI's chat completions, which most servers of open models speak too. */
export const openaiWire: WireFormat = {
  path: () => '/chat/completions',
  headers: (key) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  body: (
    { model, messages, temperature, maxTokens, stop, tools, schema },
    stream,
    maxTokensName = 'max_completion_tokens',
  ) => ({
    model,
    messages: messages.map(message),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { [maxTokensName]: maxTokens }),
    ...(stop !== undefined && { stop }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description = '', parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(schema !== undefined && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: isClosed(schema) } },
    }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  }),
  reply: ({ choices, model, usage }) => {
    const [choice = {}] = list(choices);
    const { content, tool_calls: calls } = object(choice.message);
    return {
      text: text(content),
      toolCalls: list(calls).map(toolCall),
      stop: stopOf(text(choice.finish_reason)),
      ...(typeof model === 'string' && { model }),
      tokens: tokensOf(usage),
    };
  },
  stream: () => new OpenAiStream(),
  embedPath: () => '/embeddings',
  embedBody: (model, texts) => ({ model, input: texts, encoding_format: 'float' }),
  embedReply: ({ data, usage }) => ({
    vectors: [...list(data)].sort((a, b) => count(a.index) - count(b.index)).map(({ embedding }) => numbers(embedding)),
    tokens: tokensOf(usage),
  }),
};

class OpenAiStream implements StreamReader {
  #text = '';
  #stop: string | undefined;
  #model: string | undefined;
  #tokens: Tokens = noTokens;
  readonly #calls: { id: string; name: string; text: string }[] = [];

  read({ choices, usage, model }: Json): string | undefined {
    if (typeof model === 'string') this.#model = model;
    if (usage !== undefined && usage !== null) this.#tokens = tokensOf(usage);
    const [choice] = list(choices);
    if (choice === undefined) return undefined;
    const { content, tool_calls: calls } = object(choice.delta);
    for (const call of list(calls)) this.#add(call);
    if (typeof choice.finish_reason === 'string') this.#stop = choice.finish_reason;
    this.#text += text(content);
    return text(content) === '' ? undefined : text(content);
  }

  reply(): WireReply | undefined {
    if (this.#stop === undefined) return undefined;
    return {
      text: this.#text,
      toolCalls: this.#calls.map(({ id, name, text: given }) => ({ id, name, arguments: argumentsOf(given) })),
      stop: stopOf(this.#stop),
      ...(this.#model !== undefined && { model: this.#model }),
      tokens: this.#tokens,
    };
  }

  /** Calls come in pieces: the first with its id and name, the others with more of its arguments. */
  #add({ index, id, function: called }: Json): void {
    const at = count(index);
    const { name, arguments: more } = object(called);
    this.#calls[at] ??= { id: '', name: '', text: '' };
    const call = this.#calls[at];
    call.id ||= text(id);
    call.name ||= text(name);
    call.text += text(more);
  }
}

function message({ role, content, toolCalls = [], toolCallId }: ChatMessage): Json {
  if (role === 'tool') return { role, content, tool_call_id: toolCallId ?? '' };
  if (toolCalls.length === 0) return { role, content };
  const calls = toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(given) },
  }));
  return { role, content, tool_calls: calls };
}

function toolCall({ id, function: called }: Json): ToolCall {
  const { name, arguments: given } = object(called);
  return { id: text(id), name: text(name), arguments: argumentsOf(given) };
}

function stopOf(reason: string): WireReply['stop'] {
  const known = { stop: 'end', length: 'length', tool_calls: 'tool', content_filter: 'filter' } as const;
  return Object.hasOwn(known, reason) ? known[reason as keyof typeof known] : 'other';
}

function tokensOf(usage: Value | undefined): Tokens {
  const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = object(usage);
  return { inputTokens: count(input), outputTokens: count(output), cachedTokens: count(object(details).cached_tokens) };
}

/** Strict mode takes only schemas whose objects require every member and allow no other. */
function isClosed(schema: Value): boolean {
  if (Array.isArray(schema)) return schema.every(isClosed);
  if (typeof schema !== 'object' || schema === null) return true;
  const { type, properties, required, additionalProperties } = object(schema);
  if (type === 'object') {
    const names = Object.keys(object(properties));
    const asked = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || names.some((name) => !asked.includes(name))) return false;
  }
  return Object.values(schema).every(isClosed);
}
