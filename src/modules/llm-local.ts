import type { ChatReply, ChatRequest, LanguageModel, ModelContext } from '../ports/language-model.ts';

/** What a model of one's own says: the text, or its parts as they come. */
export type LocalAnswer = (
  request: ChatRequest,
  context: ModelContext,
) => string | Promise<string> | AsyncIterable<string>;

/**
 * A language model that is a function: weights that were loaded into the page, a process on this machine, rules. What it says
 * costs nothing; tokens are not counted.
 *
 * ```ts
 * const lm = localModel('smollm', async function* ({ messages }) {
 *   for await (const part of generate(messages)) yield part;
 * });
 * ```
 */
export function localModel(name: string, answer: LocalAnswer): LanguageModel {
  return {
    name,
    async chat(request: ChatRequest, context: ModelContext): Promise<ChatReply> {
      context.signal.throwIfAborted();
      const said = answer(request, context);
      const text = isParts(said) ? await joined(said, request, context) : await said;
      if (request.stream && !isParts(said)) context.emit?.({ text });
      const usage = { calls: 1, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
      return { text, toolCalls: [], stop: 'end', model: name, usage };
    },
  };
}

async function joined(
  parts: AsyncIterable<string>,
  { stream = false }: ChatRequest,
  { signal, emit, heartbeat }: ModelContext,
): Promise<string> {
  let text = '';
  for await (const part of parts) {
    signal.throwIfAborted();
    text += part;
    heartbeat?.();
    if (stream) emit?.({ text: part });
  }
  return text;
}

function isParts(said: ReturnType<LocalAnswer>): said is AsyncIterable<string> {
  return typeof said === 'object' && Symbol.asyncIterator in said;
}
