import type { Value } from '../program/value.ts';

/** One message of a conversation. `tool` answers a tool call of the assistant's message before. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of an assistant message: the tools it asked for. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool message: which call it answers. */
  readonly toolCallId?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: { readonly [name: string]: Value };
}

export interface ToolSpec {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments, an object. */
  readonly parameters: { readonly [keyword: string]: Value };
}

/** What a model is asked; all of it data, so that equal requests have equal cache keys. */
export interface ChatRequest {
  /** Without a name, the model's own default. */
  readonly model?: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  /** Tokens of the answer at the most. */
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolSpec[];
  /** Asks for an answer that is JSON of this schema. */
  readonly schema?: { readonly [keyword: string]: Value };
  /** Passes the answer on in parts as it comes. */
  readonly stream?: boolean;
}

/** Tokens as the provider counted them, summed over `calls`. */
export interface TokenUsage {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input tokens, those read from the provider's prompt cache. */
  readonly cachedTokens: number;
  /** In US dollars; null when the prices are not known. */
  readonly costUsd: number | null;
}

export interface ChatReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Why the model stopped; a provider's own words beyond these become `other`. */
  readonly stop: 'end' | 'length' | 'tool' | 'filter' | 'other';
  readonly model: string;
  readonly usage: TokenUsage;
}

/** What a call needs of the place it runs in; a module's context is one. */
export interface ModelContext {
  readonly signal: AbortSignal;
  /** Of the task that asks. */
  readonly idempotencyKey?: string;
  /** @throws NOT_FOUND when there is no secret of that name */
  secret(name: string): string;
  emit?(chunk: Value): void;
  heartbeat?(): void;
  /** Told what an answer took. */
  usage?(usage: TokenUsage): void;
}

/**
 * A language model. Failures are HeddleErrors with `retryable`, and `details.retryAfterMs` where the provider said how
 * long to wait.
 */
export interface LanguageModel {
  readonly name: string;
  chat(request: ChatRequest, context: ModelContext): Promise<ChatReply>;
}
