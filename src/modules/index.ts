/** heddle/modules: the standard modules. */
import type { AnyModule } from '../host/registry.ts';
import { condition } from './condition.ts';
import { httpFetch, httpFetchUnder } from './http-fetch.ts';
import { imageComponents } from './image-components.ts';
import { imageDistance } from './image-distance.ts';
import { imageOverlay } from './image-overlay.ts';
import { imagePercentile } from './image-percentile.ts';
import { imagePhantom } from './image-phantom.ts';
import { imageThreshold } from './image-threshold.ts';
import { llmModules } from './llm.ts';
import { notify, notifyUnder } from './notify.ts';
import { barrier, cleanup, setup } from './pass.ts';
import { searchBm25 } from './search-bm25.ts';
import { testModule } from './test.ts';
import { textExtract } from './text-extract.ts';
import { textScore } from './text-score.ts';
import { textSplit } from './text-split.ts';
import { transform } from './transform.ts';
import { validate } from './validate.ts';
import { voxModules } from './vox-modules.ts';
import { wait } from './wait.ts';

export { llmModules } from './llm.ts';

export { builtInModel, type PromptApi } from './llm-built-in.ts';
export type { LlmChatInput } from './llm-chat.ts';
export { LM } from './llm-client.ts';
export type { LlmEmbed, LlmEmbedInput } from './llm-embed.ts';
export type { LlmJson, LlmJsonInput } from './llm-json.ts';
export { type LocalAnswer, localModel } from './llm-local.ts';
export { type ModelPrice, type ModelProvider, type ModelProviders, publicProviders } from './llm-provider.ts';
export {
  barrier,
  cleanup,
  condition,
  httpFetch,
  httpFetchUnder,
  imageComponents,
  imageDistance,
  imageOverlay,
  imagePercentile,
  imagePhantom,
  imageThreshold,
  notify,
  notifyUnder,
  searchBm25,
  setup,
  testModule,
  textExtract,
  textScore,
  textSplit,
  transform,
  validate,
  voxModules,
  wait,
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
  barrier,
  cleanup,
  condition,
  httpFetch,
  notify,
  setup,
  testModule,
  transform,
  validate,
  wait,
  ...llmModules(),
];
