/** heddle/modules: the standard modules. */
import type { AnyModule } from '../host/registry.ts';
import { imageComponents } from './image-components.ts';
import { imageDistance } from './image-distance.ts';
import { imageOverlay } from './image-overlay.ts';
import { imagePercentile } from './image-percentile.ts';
import { imagePhantom } from './image-phantom.ts';
import { imageThreshold } from './image-threshold.ts';
import { searchBm25 } from './search-bm25.ts';
import { textExtract } from './text-extract.ts';
import { textScore } from './text-score.ts';
import { textSplit } from './text-split.ts';
import { voxModules } from './vox-modules.ts';

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
  voxModules,
};

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
];
