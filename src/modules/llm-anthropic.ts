import { HeddleError } from '../errors.ts';
import type { ChatMessage, ChatRequest } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';
import {
  argumentsOf,
  count,
  type Json,
  list,
  noTokens,
  object,
  type StreamReader,
  type Tokens,
  text,
  type WireFormat,
  type WireReply,
} from './llm-wire.ts';

/** Anthropic asks for a limit; this is the one when a request has none. */
const maxTokensDefault = 4096;
/** Structured output is asked for as the call of this tool. */
const answerTool = 'answer';

/** Anthropic's messages, version 2023-06-01. */
export const anthropicWire: WireFormat = {
  path: () => '/messages',
  headers: (key) => ({ 'anthropic-version': '2023-06-01', ...(key !== undefined && { 'x-api-key': key }) }),
  body: ({ model, messages, temperature, maxTokens = maxTokensDefault, stop, tools, schema }, stream) => {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
    return {
      model,
      max_tokens: maxTokens,
      messages: turns(messages),
      ...(system.length > 0 && { system: system.join('\n\n') }),
      ...(temperature !== undefined && { temperature }),
      ...(stop !== undefined && { stop_sequences: stop }),
      ...toolsOf(tools, schema),
      ...(stream && { stream: true }),
    };
  },
  reply: ({ content, stop_reason: stop, usage, model }) => assembled(list(content), text(stop), tokensOf(usage), model),
  stream: () => new AnthropicStream(),
  embedPath: () => '',
  embedBody: () => {
    throw new HeddleError({
      code: 'UNSUPPORTED',
      message: 'Anthropic embeds no texts',
      hint: 'name an OpenAI-compatible provider or Gemini',
      retryable: false,
    });
  },
  embedReply: () => ({ vectors: [], tokens: noTokens }),
};

class AnthropicStream implements StreamReader {
  readonly #blocks: { type: string; id: string; name: string; text: string }[] = [];
  #stop: string | undefined;
  #model: Value | undefined;
  #tokens: Tokens = noTokens;

  read({ type, index, message, content_block: block, delta, usage }: Json): string | undefined {
    const at = count(index);
    if (type === 'message_start') {
      const started = object(message);
      this.#model = started.model;
      this.#tokens = tokensOf(started.usage);
    } else if (type === 'content_block_start') {
      const { type: kind, id, name, text: begun } = object(block);
      this.#blocks[at] = { type: text(kind), id: text(id), name: text(name), text: text(begun) };
    } else if (type === 'content_block_delta') {
      const { text: more, partial_json: json } = object(delta);
      const open = this.#blocks[at];
      if (open !== undefined) open.text += text(more) + text(json);
      return text(more) === '' ? undefined : text(more);
    } else if (type === 'message_delta') {
      this.#stop = text(object(delta).stop_reason);
      this.#tokens = { ...this.#tokens, outputTokens: count(object(usage).output_tokens) };
    }
    return undefined;
  }

  reply(): WireReply | undefined {
    if (this.#stop === undefined) return undefined;
    const blocks = this.#blocks.map(
      ({ type, id, name, text: given }): Json =>
        type === 'tool_use' ? { type, id, name, input: argumentsOf(given) } : { type, text: given },
    );
    return assembled(blocks, this.#stop, this.#tokens, this.#model);
  }
}

function assembled(blocks: readonly Json[], stop: string, tokens: Tokens, model: Value | undefined): WireReply {
  const calls = blocks.filter(({ type }) => type === 'tool_use');
  // Where an answer was asked for as a tool, its arguments are the text.
  const answer = calls.find(({ name }) => name === answerTool);
  const written = blocks.filter(({ type }) => type === 'text').map((block) => text(block.text));
  return {
    text: answer === undefined ? written.join('') : JSON.stringify(object(answer.input)),
    toolCalls: calls
      .filter((call) => call !== answer)
      .map(({ id, name, input }) => ({ id: text(id), name: text(name), arguments: object(input) })),
    stop: answer === undefined ? stopOf(stop) : 'end',
    ...(typeof model === 'string' && { model }),
    tokens,
  };
}

function toolsOf(tools: ChatRequest['tools'] = [], schema: ChatRequest['schema']): Json {
  const given = tools.map(({ name, description = '', parameters }) => ({
    name,
    description,
    input_schema: parameters,
  }));
  if (schema !== undefined) {
    const answer = { name: answerTool, description: 'Gives the answer.', input_schema: schema };
    return {
      tools: [...given, answer],
      tool_choice: given.length > 0 ? { type: 'any' } : { type: 'tool', name: answerTool },
    };
  }
  return given.length > 0 ? { tools: given } : {};
}

/** System texts stand elsewhere; the answers of tools are blocks of a user's message. */
function turns(messages: readonly ChatMessage[]): readonly Json[] {
  const found: { role: string; content: Json[] }[] = [];
  for (const { role, content, toolCalls = [], toolCallId } of messages) {
    if (role === 'system') continue;
    const speaker = role === 'assistant' ? 'assistant' : 'user';
    const blocks: Json[] =
      role === 'tool'
        ? [{ type: 'tool_result', tool_use_id: toolCallId ?? '', content }]
        : [
            ...(content === '' ? [] : [{ type: 'text', text: content }]),
            ...toolCalls.map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input })),
          ];
    const last = found.at(-1);
    // Several in a row of one speaker are one message: the protocol wants them to alternate.
    if (last?.role === speaker) last.content.push(...blocks);
    else found.push({ role: speaker, content: blocks });
  }
  return found;
}

function stopOf(reason: string): WireReply['stop'] {
  const known = {
    end_turn: 'end',
    stop_sequence: 'end',
    max_tokens: 'length',
    tool_use: 'tool',
    refusal: 'filter',
  } as const;
  return Object.hasOwn(known, reason) ? known[reason as keyof typeof known] : 'other';
}

/** Anthropic counts what was read from its cache apart from the input. */
function tokensOf(usage: Value | undefined): Tokens {
  const {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: made,
  } = object(usage);
  return {
    inputTokens: count(input) + count(cached) + count(made),
    outputTokens: count(output),
    cachedTokens: count(cached),
  };
}
