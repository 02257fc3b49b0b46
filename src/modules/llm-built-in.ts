import { HeddleError } from '../errors.ts';
import type { ChatMessage, ChatRequest, LanguageModel, ModelContext } from '../ports/language-model.ts';
import { localModel } from './llm-local.ts';

/** The part of the Prompt API (webmachinelearning.github.io/prompt-api) that is used. */
export interface PromptApi {
  availability(): Promise<'unavailable' | 'downloadable' | 'downloading' | 'available'>;
  create(options: { readonly initialPrompts: readonly PromptMessage[]; readonly signal: AbortSignal }): Promise<{
    promptStreaming(
      text: string,
      options: { readonly signal: AbortSignal; readonly responseConstraint?: object },
    ): AsyncIterable<string>;
    destroy(): void;
  }>;
}

interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/**
 * The language model that some browsers bring along. Browsers give it to documents, not to workers: ask it through a Session of
 * the page. It fails with UNSUPPORTED where there is none; a model that has first to be downloaded is.
 *
 * @param api default: the browser's own
 */
export function builtInModel(api?: PromptApi): LanguageModel {
  return localModel('built-in', (request, context) =>
    prompt(api ?? (globalThis as { LanguageModel?: PromptApi }).LanguageModel, request, context),
  );
}

async function* prompt(
  api: PromptApi | undefined,
  { messages, schema }: ChatRequest,
  { signal }: ModelContext,
): AsyncGenerator<string> {
  if (api === undefined || (await api.availability()) === 'unavailable') {
    throw new HeddleError({
      code: 'UNSUPPORTED',
      message: `this ${api === undefined ? 'place' : 'browser'} has no built-in language model`,
      hint: 'name a provider, or load a model of your own: localModel(name, answer)',
      retryable: false,
    });
  }
  const turns = messages.map(promptMessage);
  const session = await api.create({ initialPrompts: turns.slice(0, -1), signal });
  try {
    const responseConstraint = schema === undefined ? {} : { responseConstraint: schema };
    yield* session.promptStreaming(turns.at(-1)?.content ?? '', { signal, ...responseConstraint });
  } finally {
    session.destroy();
  }
}

/** It knows no tools: what one said is told as a user's message. */
function promptMessage({ role, content }: ChatMessage): PromptMessage {
  return { role: role === 'tool' ? 'user' : role, content };
}
