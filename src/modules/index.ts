/** heddle/modules: the standard modules. */
import type { AnyModule } from '../host/registry.ts';
import { imageComponents } from './image-components.ts';
import { imageDistance } from './image-distance.ts';
import { imageOverlay } from './image-overlay.ts';
import { imagePercentile } from './image-percentile.ts';
import { imagePhantom } from './image-phantom.ts';
import { imageThreshold } from './image-threshold.ts';
import { llmModules } from './llm.ts';
import { searchBm25 } from './search-bm25.ts';
import { textExtract } from './text-extract.ts';
import { textScore } from './text-score.ts';
import { textSplit } from './text-split.ts';

export { llmModules } from './llm.ts';

export { builtInModel, type PromptApi } from './llm-built-in.ts';
export type { LlmChatInput } from './llm-chat.ts';
export { LM } from './llm-client.ts';
export type { LlmEmbed, LlmEmbedInput } from './llm-embed.ts';
export type { LlmJson, LlmJsonInput } from './llm-json.ts';
export { type LocalAnswer, localModel } from './llm-local.ts';
export { type ModelPrice, type ModelProvider, type ModelProviders, publicProviders } from './llm-provider.ts';
export {
  imageComponents,
  imageDistance,
  imageOverlay,
  imagePercentile,
  imagePhantom,
  imageThreshold,
  searchBm25,
  textExtract,
  textScore,
  textSplit,
};

/** Everything without options; a host with providers of its own adds `llmModules({ providers })` to the others instead. */
export const standardModules: readonly AnyModule[] = [
  textSplit,
  searchBm25,
  textScore,
  textExtract,
  imagePhantom,
  imageThreshold,
  imageDistance,
  imageComponents,
  imagePercentile,
  imageOverlay,
  ...llmModules(),
];
