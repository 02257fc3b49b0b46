import type { AnyModule } from '../host/registry.ts';
import type { TokenUsage } from '../ports/language-model.ts';
import { defineModule } from '../ports/module.ts';
import { embedWith } from './llm-client.ts';
import { type ModelProviders, publicProviders } from './llm-provider.ts';

export interface LlmEmbedInput {
  readonly provider: string;
  readonly model: string;
  readonly texts: readonly string[];
}

export interface LlmEmbed {
  /** One a text, in their order. */
  readonly vectors: readonly Float32Array[];
  readonly usage: TokenUsage;
}

/** `llm.embed`: the vectors of texts. Anthropic has none (UNSUPPORTED). */
export function llmEmbedModule(providers: ModelProviders = {}): AnyModule {
  return defineModule<LlmEmbedInput, LlmEmbed>({
    name: 'llm.embed',
    version: '1',
    description: 'turns texts into vectors',
    kind: 'io',
    input: {
      type: 'object',
      required: ['provider', 'model', 'texts'],
      properties: {
        provider: { type: 'string', minLength: 1 },
        model: { type: 'string', minLength: 1 },
        texts: { type: 'array', minItems: 1, items: { type: 'string' } },
      },
    },
    run: async ({ provider, model, texts }, ctx) => {
      const { vectors, usage } = await embedWith(provider, { ...publicProviders, ...providers }, model, texts, ctx);
      return { vectors: vectors.map((vector) => Float32Array.from(vector)), usage };
    },
  });
}
