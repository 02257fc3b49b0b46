import { defineModule } from '../ports/module.ts';
import { type Plane, sizeSchema } from './image.ts';

export interface PhantomInput {
  readonly size: number;
  /** Standard deviation of the noise; default 0.02. */
  readonly noise?: number;
  readonly seed?: number;
}

/** Centre, half axes and tilt in degrees on a square from -1 to 1, and the intensity that is added inside. */
const ellipses: readonly (readonly [x: number, y: number, a: number, b: number, tilt: number, add: number])[] = [
  [0, 0, 0.69, 0.92, 0, 1],
  [0, -0.0184, 0.6624, 0.874, 0, -0.8],
  [0.22, 0, 0.11, 0.31, -18, -0.2],
  [-0.22, 0, 0.16, 0.41, 18, -0.2],
  [0, 0.35, 0.21, 0.25, 0, 0.3],
  [0, 0.1, 0.046, 0.046, 0, 0.3],
  [0, -0.1, 0.046, 0.046, 0, 0.3],
  [-0.08, -0.605, 0.046, 0.023, 0, 0.4],
  [0, -0.605, 0.023, 0.023, 0, 0.4],
  [0.06, -0.605, 0.023, 0.046, 0, 0.4],
];

/** The head phantom of Shepp & Logan (1974) in the contrast of Toft (1996), with reproducible noise. */
export const imagePhantom = defineModule<PhantomInput, Plane>({
  name: 'image.phantom',
  version: '1',
  description: 'draws the Shepp-Logan phantom',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['size'],
    properties: { size: sizeSchema, noise: { type: 'number', minimum: 0 }, seed: { type: 'integer' } },
  },
  run: ({ size, noise = 0.02, seed = 1 }) => {
    const pixels = new Float32Array(size * size);
    for (const [x0, y0, a, b, tilt, add] of ellipses) {
      const [sin, cos] = [Math.sin((tilt * Math.PI) / 180), Math.cos((tilt * Math.PI) / 180)];
      for (let row = 0; row < size; row++) {
        const y = 1 - (2 * row + 1) / size - y0;
        for (let column = 0; column < size; column++) {
          const x = (2 * column + 1) / size - 1 - x0;
          const [u, v] = [(x * cos + y * sin) / a, (y * cos - x * sin) / b];
          if (u * u + v * v <= 1) pixels[row * size + column] = (pixels[row * size + column] as number) + add;
        }
      }
    }
    if (noise > 0) addNoise(pixels, noise, seed);
    return { width: size, height: size, pixels };
  },
});

/** The sum of four uniform numbers is close to normal, and needs no function whose last bit differs between platforms. */
function addNoise(pixels: Float32Array, deviation: number, seed: number): void {
  let state = seed >>> 0 || 1;
  const uniform = (): number => {
    // Xorshift32 (Marsaglia 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Four uniform numbers have the variance 4/12.
  const scale = deviation * 1.7320508075688772;
  for (let index = 0; index < pixels.length; index++) {
    pixels[index] = (pixels[index] as number) + scale * (uniform() + uniform() + uniform() + uniform() - 2);
  }
}
