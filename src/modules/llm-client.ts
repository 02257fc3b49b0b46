import { HeddleError } from '../errors.ts';
import type { ChatReply, ChatRequest, LanguageModel, ModelContext, TokenUsage } from '../ports/language-model.ts';
import { sendToProvider } from './llm-fetch.ts';
import { type ModelProvider, type ModelProviders, providerNamed, publicProviders, wireOf } from './llm-provider.ts';
import type { Json, Tokens, WireReply } from './llm-wire.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Asks a provider for one answer. @throws as sendToProvider does; MODULE_FAILED, retryable, for a stream that broke off */
export async function chatWith(
  name: string,
  providers: ModelProviders,
  request: ChatRequest,
  context: ModelContext,
): Promise<ChatReply> {
  const provider = providerNamed(name, providers);
  const model = request.model ?? provider.model;
  if (model === undefined) {
    throw new HeddleError({
      code: 'BAD_INPUT',
      message: `no model is named for the provider ${name}`,
      retryable: false,
    });
  }
  const wire = wireOf(provider);
  const { stream = false } = request;
  const response = await sendToProvider(
    name,
    provider,
    wire.path({ model, stream }),
    wire.body({ ...request, model }, stream, provider.maxTokensName),
    context,
  );
  const reply = stream ? await readStream(name, provider, response, context) : wire.reply(await jsonOf(name, response));
  const { tokens, ...rest } = reply;
  const usage = usageOf(tokens, provider, model);
  context.usage?.(usage);
  return { ...rest, model: reply.model ?? model, usage };
}

/** Vectors of texts, in their order. */
export async function embedWith(
  name: string,
  providers: ModelProviders,
  model: string,
  texts: readonly string[],
  context: ModelContext,
): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly usage: TokenUsage }> {
  const provider = providerNamed(name, providers);
  const wire = wireOf(provider);
  const response = await sendToProvider(name, provider, wire.embedPath(model), wire.embedBody(model, texts), context);
  const { vectors, tokens } = wire.embedReply(await jsonOf(name, response));
  if (vectors.length !== texts.length) throw broken(name, `gave ${vectors.length} vectors for ${texts.length} texts`);
  const usage = usageOf(tokens, provider, model);
  context.usage?.(usage);
  return { vectors, usage };
}

/**
 * A model of a provider as the LanguageModel that DSPy's modules ask: `openai/gpt-4o-mini` is the model `gpt-4o-mini` of the
 * provider `openai`. Its name is part of cache keys only where a program says so.
 */
export class LM implements LanguageModel {
  readonly name: string;
  readonly #provider: string;
  readonly #model: string;
  readonly #providers: ModelProviders;
  readonly #config: Pick<ChatRequest, 'temperature' | 'maxTokens' | 'stop'>;

  /** @throws BAD_INPUT for a name without a slash, NOT_FOUND for an unknown provider */
  constructor(
    name: string,
    options: Pick<ChatRequest, 'temperature' | 'maxTokens' | 'stop'> & { readonly providers?: ModelProviders } = {},
  ) {
    const { providers, ...config } = options;
    const { provider, model } = splitName(name);
    this.name = name;
    this.#provider = provider;
    this.#model = model;
    this.#providers = { ...publicProviders, ...providers };
    this.#config = config;
    providerNamed(this.#provider, this.#providers);
  }

  /** A request may name another model of a known provider; a bare name is one of this provider. */
  chat(request: ChatRequest, context: ModelContext): Promise<ChatReply> {
    const named = request.model;
    const slash = named?.indexOf('/') ?? -1;
    const other =
      slash > 0 && Object.hasOwn(this.#providers, named?.slice(0, slash) ?? '') ? splitName(named ?? '') : undefined;
    const { provider, model } = other ?? { provider: this.#provider, model: named ?? this.#model };
    return chatWith(provider, this.#providers, { ...this.#config, ...request, model }, context);
  }
}

function splitName(name: string): { readonly provider: string; readonly model: string } {
  const slash = name.indexOf('/');
  if (slash > 0 && slash < name.length - 1) return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `${JSON.stringify(name)} names no provider and model`,
    hint: 'write provider/model, such as openai/gpt-4o-mini',
    retryable: false,
  });
}

async function readStream(
  name: string,
  provider: ModelProvider,
  response: Response,
  context: ModelContext,
): Promise<WireReply> {
  const reader = wireOf(provider).stream();
  if (response.body === null) throw broken(name, 'sent no stream');
  try {
    for await (const data of readServerSentEvents(response.body)) {
      // Read on to the end of the body all the same: a connection that is left half-way cannot be used again.
      if (data === '[DONE]') continue;
      const event = parse(data);
      if (event === undefined) continue;
      if (event.error !== undefined)
        throw broken(name, `failed while it answered: ${JSON.stringify(event.error).slice(0, 300)}`);
      const more = reader.read(event);
      context.heartbeat?.();
      if (more !== undefined) context.emit?.({ text: more });
    }
  } catch (thrown) {
    context.signal.throwIfAborted();
    throw thrown instanceof HeddleError ? thrown : broken(name, `broke its stream off: ${(thrown as Error).message}`);
  }
  const reply = reader.reply();
  if (reply === undefined) throw broken(name, 'broke its stream off before the end of the answer');
  return reply;
}

async function jsonOf(name: string, response: Response): Promise<Json> {
  const parsed = parse(await response.text());
  if (parsed === undefined) throw broken(name, 'answered with something that is not JSON');
  return parsed;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function broken(name: string, what: string): HeddleError {
  return new HeddleError({ code: 'MODULE_FAILED', message: `the provider ${name} ${what}`, retryable: true });
}

function usageOf(tokens: Tokens, { prices }: ModelProvider, model: string): TokenUsage {
  const price = prices?.[model] ?? prices?.['*'];
  if (price === undefined) return { calls: 1, ...tokens, costUsd: null };
  const { inputTokens, outputTokens, cachedTokens } = tokens;
  const { input, output, cached = input } = price;
  const micro = (inputTokens - cachedTokens) * input + cachedTokens * cached + outputTokens * output;
  return { calls: 1, ...tokens, costUsd: micro / 1e6 };
}
