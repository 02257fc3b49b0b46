import type { AnyModule } from '../host/registry.ts';
import type { ChatReply, ChatRequest } from '../ports/language-model.ts';
import { defineModule } from '../ports/module.ts';
import { chatWith } from './llm-client.ts';
import { type ModelProviders, publicProviders } from './llm-provider.ts';

export interface LlmChatInput extends Omit<ChatRequest, 'messages'> {
  /** A provider of the host: `openai`, `anthropic`, `gemini`, or one it has added. */
  readonly provider: string;
  readonly messages?: ChatRequest['messages'];
  /** One user message, instead of `messages` or after them. */
  readonly prompt?: string;
  /** Before everything else. */
  readonly system?: string;
}

export const chatInputProperties = {
  provider: { type: 'string', minLength: 1 },
  model: { type: 'string', minLength: 1 },
  messages: {
    type: 'array',
    items: {
      type: 'object',
      required: ['role', 'content'],
      properties: { role: { enum: ['system', 'user', 'assistant', 'tool'] }, content: { type: 'string' } },
    },
  },
  prompt: { type: 'string' },
  system: { type: 'string' },
  temperature: { type: 'number', minimum: 0, maximum: 2 },
  maxTokens: { type: 'integer', minimum: 1 },
  stop: { type: 'array', items: { type: 'string' } },
  tools: {
    type: 'array',
    items: { type: 'object', required: ['name', 'parameters'], properties: { name: { type: 'string' } } },
  },
  stream: { type: 'boolean' },
} as const;

/**
 * `llm.chat`: one answer of a model, with the tools it wants called and what it took. With `stream`, each part of the text is
 * emitted as `{ text }` when it comes. Failures of the provider say whether to try again and when (`details.retryAfterMs`);
 * bulkhead, rate limit, breaker and another provider as fallback are policies of the node.
 */
export function llmChatModule(providers: ModelProviders = {}): AnyModule {
  return defineModule<LlmChatInput, ChatReply>({
    name: 'llm.chat',
    version: '1',
    description: 'asks a language model',
    kind: 'io',
    input: {
      type: 'object',
      required: ['provider'],
      properties: chatInputProperties,
      anyOf: [{ required: ['messages'] }, { required: ['prompt'] }],
    },
    run: ({ provider, ...rest }, ctx) =>
      chatWith(provider, { ...publicProviders, ...providers }, chatRequest(rest), ctx),
  });
}

export function chatRequest({ system, prompt, messages = [], ...rest }: Omit<LlmChatInput, 'provider'>): ChatRequest {
  return {
    ...rest,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      ...messages,
      ...(prompt === undefined ? [] : [{ role: 'user' as const, content: prompt }]),
    ],
  };
}
