import type { ChatMessage } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';
import {
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

/** Gemini's generateContent, v1beta. The key goes into a header, never into the address. */
export const geminiWire: WireFormat = {
  path: ({ model, stream }) =>
    `/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (key) => (key === undefined ? {} : { 'x-goog-api-key': key }),
  body: ({ messages, temperature, maxTokens, stop, tools, schema }) => {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => ({ text: content }));
    const config: Json = {
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(stop !== undefined && { stopSequences: stop }),
      ...(schema !== undefined && { responseMimeType: 'application/json', responseJsonSchema: schema }),
    };
    return {
      contents: contents(messages),
      ...(system.length > 0 && { systemInstruction: { parts: system } }),
      ...(Object.keys(config).length > 0 && { generationConfig: config }),
      ...(tools !== undefined && {
        tools: [
          {
            functionDeclarations: tools.map(({ name, description = '', parameters }) => ({
              name,
              description,
              parametersJsonSchema: parameters,
            })),
          },
        ],
      }),
    };
  },
  reply: (body) => {
    const reader = new GeminiStream();
    reader.read(body);
    return reader.reply() ?? { text: '', toolCalls: [], stop: 'other', tokens: tokensOf(body.usageMetadata) };
  },
  stream: () => new GeminiStream(),
  embedPath: (model) => `/models/${encodeURIComponent(model)}:batchEmbedContents`,
  embedBody: (model, texts) => ({
    requests: texts.map((each) => ({ model: `models/${model}`, content: { parts: [{ text: each }] } })),
  }),
  embedReply: ({ embeddings }) => ({
    vectors: list(embeddings).map(({ values }) => numbers(values)),
    tokens: noTokens,
  }),
};

/** Every event of a stream has the shape of a whole answer with a part of its content. */
class GeminiStream implements StreamReader {
  #text = '';
  #stop: string | undefined;
  #model: string | undefined;
  #tokens: Tokens = noTokens;
  readonly #calls: Json[] = [];

  read({ candidates, usageMetadata, modelVersion, promptFeedback }: Json): string | undefined {
    if (typeof modelVersion === 'string') this.#model = modelVersion;
    if (usageMetadata !== undefined) this.#tokens = tokensOf(usageMetadata);
    if (typeof object(promptFeedback).blockReason === 'string') this.#stop = 'SAFETY';
    const [candidate] = list(candidates);
    if (candidate === undefined) return undefined;
    const parts = list(object(candidate.content).parts).filter(({ thought }) => thought !== true);
    this.#calls.push(
      ...parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [object(functionCall)])),
    );
    if (typeof candidate.finishReason === 'string') this.#stop = candidate.finishReason;
    const more = parts.map((part) => text(part.text)).join('');
    this.#text += more;
    return more === '' ? undefined : more;
  }

  reply(): WireReply | undefined {
    if (this.#stop === undefined) return undefined;
    return {
      text: this.#text,
      toolCalls: this.#calls.map(({ id, name, args }, index) => ({
        id: text(id) === '' ? `call_${index}` : text(id),
        name: text(name),
        arguments: object(args),
      })),
      stop: this.#calls.length > 0 ? 'tool' : stopOf(this.#stop),
      ...(this.#model !== undefined && { model: this.#model }),
      tokens: this.#tokens,
    };
  }
}

/** The answer of a tool names the tool and not the call, so the calls before are looked through. */
function contents(messages: readonly ChatMessage[]): readonly Json[] {
  const names = new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)));
  return messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content, toolCalls = [], toolCallId = '' }) => {
      if (role === 'tool') {
        const name = names.get(toolCallId) ?? toolCallId;
        return { role: 'user', parts: [{ functionResponse: { name, response: { result: content } } }] };
      }
      const parts: Json[] = [
        ...(content === '' ? [] : [{ text: content }]),
        ...toolCalls.map(({ name, arguments: args }) => ({ functionCall: { name, args } })),
      ];
      return { role: role === 'assistant' ? 'model' : 'user', parts };
    });
}

function stopOf(reason: string): WireReply['stop'] {
  if (reason === 'STOP') return 'end';
  if (reason === 'MAX_TOKENS') return 'length';
  return ['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'].includes(reason) ? 'filter' : 'other';
}

/** What the model thought is paid for as output. */
function tokensOf(usage: Value | undefined): Tokens {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, cachedContentTokenCount } = object(usage);
  return {
    inputTokens: count(promptTokenCount),
    outputTokens: count(candidatesTokenCount) + count(thoughtsTokenCount),
    cachedTokens: count(cachedContentTokenCount),
  };
}
