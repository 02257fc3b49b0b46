import type { ChatReply, ChatRequest } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';

/** JSON of a wire, whose shape is the provider's business: everything is looked at before it is used. */
export type Json = { readonly [key: string]: Value };

/** Tokens of one call as counted by the provider. */
export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

/** A reply without what is the same for all providers. */
export interface WireReply extends Pick<ChatReply, 'text' | 'toolCalls' | 'stop'> {
  readonly model?: string;
  readonly tokens: Tokens;
}

/** A streamed reply in the making. */
export interface StreamReader {
  /** @returns the text that this event adds, undefined when it adds none */
  read(event: Json): string | undefined;
  /** What came so far, or undefined when the stream broke off before its end. */
  reply(): WireReply | undefined;
}

/** One of the protocols: how a request is written and an answer read. No I/O. */
export interface WireFormat {
  path(request: { readonly model: string; readonly stream: boolean }): string;
  headers(key: string | undefined): { readonly [name: string]: string };
  /** @param maxTokensName what the protocol of OpenAI calls the limit of the answer, which its servers do not agree on */
  body(request: ChatRequest & { readonly model: string }, stream: boolean, maxTokensName?: string): Json;
  reply(body: Json): WireReply;
  stream(): StreamReader;
  embedPath(model: string): string;
  /** @throws UNSUPPORTED when the provider embeds nothing */
  embedBody(model: string, texts: readonly string[]): Json;
  embedReply(body: Json): { readonly vectors: readonly (readonly number[])[]; readonly tokens: Tokens };
}

export const noTokens: Tokens = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };

export function object(value: Value | undefined): Json {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isObject ? (value as Json) : {};
}

export function list(value: Value | undefined): readonly Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function count(value: Value | undefined): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

/** The arguments of a tool call, which some providers send as text. */
export function argumentsOf(value: Value | undefined): Json {
  if (typeof value !== 'string') return object(value);
  try {
    return object(JSON.parse(value === '' ? '{}' : value));
  } catch {
    // Broken arguments are told as they came, so that whoever reads them can ask again.
    return { $unreadable: value };
  }
}

export function numbers(value: Value | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}
