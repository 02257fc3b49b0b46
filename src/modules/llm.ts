import type { AnyModule } from '../host/registry.ts';
import { llmChatModule } from './llm-chat.ts';
import { llmEmbedModule } from './llm-embed.ts';
import { llmJsonModule } from './llm-json.ts';
import type { ModelProviders } from './llm-provider.ts';

/** `llm.chat`, `llm.json` and `llm.embed` over the public providers and those of the host; its own of a name win. */
export function llmModules({ providers = {} }: { readonly providers?: ModelProviders } = {}): readonly AnyModule[] {
  return [llmChatModule(providers), llmJsonModule(providers), llmEmbedModule(providers)];
}
