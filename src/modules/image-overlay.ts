import { defineModule } from '../ports/module.ts';
import { type Plane, planeSchema } from './image.ts';

export interface OverlayInput {
  readonly image: Plane;
  readonly components: Plane<Uint32Array>;
  readonly distance: Plane;
  /** Where the distance is larger, the colour is full. */
  readonly core: number;
}

/** One colour a component, cycling; hues a golden angle apart are told apart best. */
const palette: readonly (readonly [number, number, number])[] = [
  [231, 111, 81],
  [42, 157, 143],
  [233, 196, 106],
  [38, 70, 183],
  [157, 78, 221],
  [244, 162, 97],
  [82, 183, 136],
];

/** Draws the components over the image as RGBA, stronger towards their cores. */
export const imageOverlay = defineModule<OverlayInput, Plane<Uint8ClampedArray>>({
  name: 'image.overlay',
  version: '1',
  description: 'draws components over an image',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['image', 'components', 'distance', 'core'],
    properties: { image: planeSchema, components: planeSchema, distance: planeSchema, core: { type: 'number' } },
  },
  run: ({ image, components, distance, core }) => {
    const { width, height } = image;
    const rgba = new Uint8ClampedArray(4 * width * height);
    for (let at = 0; at < width * height; at++) {
      const grey = 255 * Math.min(1, Math.max(0, image.pixels[at] as number));
      const label = components.pixels[at] as number;
      const colour = palette[(label - 1) % palette.length] ?? palette[0];
      const strength = label === 0 ? 0 : 0.35 + 0.5 * Math.min(1, (distance.pixels[at] as number) / Math.max(core, 1));
      for (let channel = 0; channel < 3; channel++) {
        rgba[4 * at + channel] = grey * (1 - strength) + ((colour?.[channel] as number) ?? 0) * strength;
      }
      rgba[4 * at + 3] = 255;
    }
    return { width, height, pixels: rgba };
  },
});
