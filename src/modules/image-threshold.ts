import { defineModule } from '../ports/module.ts';
import { type Mask, type Plane, planeSchema } from './image.ts';

export interface ThresholdInput {
  readonly image: Plane;
  /** Without it, Otsu's. */
  readonly threshold?: number;
}

/** Pixels above a threshold are 1, others 0; the threshold by default where it parts the histogram best (Otsu 1979). */
export const imageThreshold = defineModule<ThresholdInput, Mask & { readonly threshold: number }>({
  name: 'image.threshold',
  version: '1',
  description: 'separates foreground from background',
  kind: 'cpu',
  input: { type: 'object', required: ['image'], properties: { image: planeSchema, threshold: { type: 'number' } } },
  run: ({ image, threshold }) => {
    const limit = threshold ?? otsu(image.pixels);
    return {
      width: image.width,
      height: image.height,
      threshold: limit,
      pixels: Uint8Array.from(image.pixels, (value) => (value > limit ? 1 : 0)),
    };
  },
});

const bins = 256;

export function otsu(pixels: Float32Array): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of pixels) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const width = (high - low) / bins;
  if (!(width > 0)) return high;
  const counts = new Float64Array(bins);
  for (const value of pixels) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const sum = counts.reduce((total, count, bin) => total + count * bin, 0);
  let [below, sumBelow, best, bestBin] = [0, 0, -1, 0];
  counts.forEach((count, bin) => {
    below += count;
    sumBelow += count * bin;
    const above = pixels.length - below;
    if (below === 0 || above === 0) return;
    const difference = sumBelow / below - (sum - sumBelow) / above;
    const variance = below * above * difference * difference;
    if (variance > best) [best, bestBin] = [variance, bin];
  });
  return low + (bestBin + 1) * width;
}
