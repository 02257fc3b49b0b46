import { HeddleError } from '../errors.ts';
import { anthropicWire } from './llm-anthropic.ts';
import { geminiWire } from './llm-gemini.ts';
import { openaiWire } from './llm-openai.ts';
import type { WireFormat } from './llm-wire.ts';

/**
 * A provider, as the host knows it. Programs name it and can choose neither its address nor its key, so that no program file
 * can send a key somewhere else.
 */
export interface ModelProvider {
  /** Which of the three protocols it speaks. */
  readonly format: 'openai' | 'anthropic' | 'gemini';
  /** Up to and without the last slash before the method, such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Name of its key in the host's vault; without it, no key is sent. */
  readonly secret?: string;
  readonly headers?: { readonly [name: string]: string };
  /**
   * A header that carries a key of the call, equal for equal requests of one task: a service or gateway that knows such keys
   * answers a call that was repeated after a crash from what it kept. Name it only for one that does: a retry for a better
   * answer has the same key too.
   */
  readonly idempotencyHeader?: string;
  /**
   * What `maxTokens` is called in the format `openai`: `max_completion_tokens` by default, as OpenAI's own service wants it;
   * many servers of open models know `max_tokens` only.
   */
  readonly maxTokensName?: 'max_completion_tokens' | 'max_tokens';
  /** Used when a request names no model. */
  readonly model?: string;
  /** In US dollars for a million tokens, by model, `*` for all others; without it costs are null. */
  readonly prices?: { readonly [model: string]: ModelPrice };
}

export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of input tokens read from the provider's cache; default as `input`. */
  readonly cached?: number;
}

export type ModelProviders = { readonly [name: string]: ModelProvider };

/** The three public services, with the names their keys usually have. */
export const publicProviders: ModelProviders = {
  openai: { format: 'openai', baseUrl: 'https://api.openai.com/v1', secret: 'OPENAI_API_KEY' },
  anthropic: { format: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', secret: 'ANTHROPIC_API_KEY' },
  gemini: {
    format: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    secret: 'GEMINI_API_KEY',
  },
};

/** @throws NOT_FOUND naming those there are */
export function providerNamed(name: string, providers: ModelProviders): ModelProvider {
  const found = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (found !== undefined) return found;
  throw new HeddleError({
    code: 'NOT_FOUND',
    message: `no model provider ${name} on this host`,
    hint: `there are: ${Object.keys(providers).join(', ')}; a host adds others with llmModules({ providers })`,
    retryable: false,
  });
}

export function wireOf({ format }: ModelProvider): WireFormat {
  return { openai: openaiWire, anthropic: anthropicWire, gemini: geminiWire }[format];
}
