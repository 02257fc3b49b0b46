import { defineModule } from '../ports/module.ts';
import { type Mask, type Plane, planeSchema } from './image.ts';

export interface PercentileInput {
  readonly image: Plane;
  /** 0 to 100. */
  readonly percent: number;
  /** Only pixels where the mask is not 0; all without it. */
  readonly mask?: Mask;
}

/** The value below which so many percent of the pixels lie, interpolated linearly between the two nearest ranks; 0 of none. */
export const imagePercentile = defineModule<PercentileInput, { readonly value: number; readonly pixels: number }>({
  name: 'image.percentile',
  version: '1',
  description: 'finds a percentile of the pixels',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['image', 'percent'],
    properties: { image: planeSchema, percent: { type: 'number', minimum: 0, maximum: 100 }, mask: planeSchema },
  },
  run: ({ image, percent, mask }) => {
    // Pixels out of a JSON file are a plain list, which would be sorted as texts.
    const all = Float64Array.from(image.pixels);
    const chosen = all.filter((_, index) => mask === undefined || mask.pixels[index] !== 0).sort();
    const rank = (percent / 100) * (chosen.length - 1);
    const [low, high] = [chosen[Math.floor(rank)] ?? 0, chosen[Math.ceil(rank)] ?? 0];
    return { value: low + (high - low) * (rank - Math.floor(rank)), pixels: chosen.length };
  },
});
