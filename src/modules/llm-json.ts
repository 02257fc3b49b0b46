import { HeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import type { ChatReply, ChatRequest, ModelContext, TokenUsage } from '../ports/language-model.ts';
import { defineModule } from '../ports/module.ts';
import { readLooseJson } from '../program/loose-json.ts';
import { checkAgainstSchema } from '../program/schema.ts';
import type { Value } from '../program/value.ts';
import { chatInputProperties, chatRequest, type LlmChatInput } from './llm-chat.ts';
import { chatWith } from './llm-client.ts';
import { type ModelProviders, publicProviders } from './llm-provider.ts';

export interface LlmJsonInput extends Omit<LlmChatInput, 'tools'> {
  /** JSON Schema (2020-12) the answer must match. */
  readonly schema: { readonly [keyword: string]: Value };
}

export interface LlmJson {
  readonly value: Value;
  /** Whether the first answer did not match and a second was asked for. */
  readonly repaired: boolean;
  readonly model: string;
  readonly usage: TokenUsage;
}

/** Mismatches told to the model at the most. */
const errorsTold = 10;

/**
 * `llm.json`: an answer that matches a JSON Schema. The provider is asked for it in its own way; what comes is read leniently
 * (llm output is often nearly JSON), checked here, and when it does not match the model is told why and asked once more.
 */
export function llmJsonModule(providers: ModelProviders = {}): AnyModule {
  return defineModule<LlmJsonInput, LlmJson>({
    name: 'llm.json',
    version: '1',
    description: 'asks a language model for JSON of a schema',
    kind: 'io',
    input: {
      type: 'object',
      required: ['provider', 'schema'],
      properties: { ...chatInputProperties, schema: { type: 'object' } },
      anyOf: [{ required: ['messages'] }, { required: ['prompt'] }],
    },
    run: ({ provider, ...rest }, ctx) => askForJson(provider, { ...publicProviders, ...providers }, rest, ctx),
  });
}

async function askForJson(
  provider: string,
  providers: ModelProviders,
  { schema, ...rest }: Omit<LlmJsonInput, 'provider'>,
  context: ModelContext,
): Promise<LlmJson> {
  const request: ChatRequest = { ...chatRequest(rest), schema };
  const first = await chatWith(provider, providers, request, context);
  const read = readAnswer(first, schema);
  if ('value' in read) return { value: read.value, repaired: false, model: first.model, usage: first.usage };
  const again: ChatRequest = {
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: first.text === '' ? '(nothing)' : first.text },
      {
        role: 'user',
        content: `That does not match the schema:\n${read.errors.map((error) => `- ${error}`).join('\n')}\nAnswer again with JSON that matches, and nothing else.`,
      },
    ],
  };
  const second = await chatWith(provider, providers, again, context);
  const usage = together(first.usage, second.usage);
  const reread = readAnswer(second, schema);
  if ('value' in reread) return { value: reread.value, repaired: true, model: second.model, usage };
  throw new HeddleError({
    code: 'BAD_OUTPUT',
    message: `the model ${second.model} gave twice what does not match the schema: ${reread.errors.slice(0, 3).join('; ')}`,
    hint: 'a simpler schema, a larger maxTokens or a stronger model may help',
    retryable: true,
    details: { text: second.text.slice(0, 2000), usage },
  });
}

function readAnswer(
  { text, stop }: ChatReply,
  schema: LlmJsonInput['schema'],
): { readonly value: Value } | { readonly errors: readonly string[] } {
  const value = readLooseJson(text);
  if (value === undefined) return { errors: [stop === 'length' ? 'it was cut off' : 'it is not JSON'] };
  const errors = checkAgainstSchema(schema, value);
  return errors.length === 0 ? { value } : { errors: errors.slice(0, errorsTold).map(({ message }) => message) };
}

function together(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  };
}
