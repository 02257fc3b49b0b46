import { defineModule } from '../ports/module.ts';
import { type Mask, type Plane, planeSchema } from './image.ts';

/**
 * Exact Euclidean distance of every foreground pixel to the nearest background pixel, in pixels, in linear time: lower
 * envelopes of parabolas along columns, then rows (Felzenszwalb & Huttenlocher, "Distance Transforms of Sampled
 * Functions", 2012). Without any background the distance is that of the largest image there could be.
 */
export const imageDistance = defineModule<{ readonly mask: Mask }, Plane>({
  name: 'image.distance',
  version: '1',
  description: 'measures the distance to the background',
  kind: 'cpu',
  input: { type: 'object', required: ['mask'], properties: { mask: planeSchema } },
  run: ({ mask: { width, height, pixels } }) => {
    const squares = Float64Array.from(pixels, (value) => (value === 0 ? 0 : far));
    const transform = new ParabolaEnvelope(Math.max(width, height));
    for (let column = 0; column < width; column++) transform.apply(squares, column, width, height);
    for (let row = 0; row < height; row++) transform.apply(squares, row * width, 1, width);
    return { width, height, pixels: Float32Array.from(squares, Math.sqrt) };
  },
});

/** Farther than anything in an image can be, squared; finite, so that parabolas still cross. */
const far = 1e12;

class ParabolaEnvelope {
  readonly #values: Float64Array;
  /** Where the parabolas of the envelope stand, and from where on each is the lowest. */
  readonly #vertices: Int32Array;
  readonly #from: Float64Array;

  constructor(length: number) {
    this.#values = new Float64Array(length);
    this.#vertices = new Int32Array(length);
    this.#from = new Float64Array(length + 1);
  }

  /** Transforms the line of `length` samples at `start`, each `step` apart, in place. */
  apply(samples: Float64Array, start: number, step: number, length: number): void {
    const [values, vertices, from] = [this.#values, this.#vertices, this.#from];
    for (let at = 0; at < length; at++) values[at] = samples[start + at * step] as number;
    let last = 0;
    vertices[0] = 0;
    from[0] = Number.NEGATIVE_INFINITY;
    from[1] = Number.POSITIVE_INFINITY;
    for (let at = 1; at < length; at++) {
      let crossing = this.#crossing(at, vertices[last] as number);
      while (crossing <= (from[last] as number)) {
        last--;
        crossing = this.#crossing(at, vertices[last] as number);
      }
      last++;
      vertices[last] = at;
      from[last] = crossing;
      from[last + 1] = Number.POSITIVE_INFINITY;
    }
    let current = 0;
    for (let at = 0; at < length; at++) {
      while ((from[current + 1] as number) < at) current++;
      const vertex = vertices[current] as number;
      samples[start + at * step] = (at - vertex) * (at - vertex) + (values[vertex] as number);
    }
  }

  #crossing(right: number, left: number): number {
    return (
      ((this.#values[right] as number) + right * right - (this.#values[left] as number) - left * left) /
      (2 * (right - left))
    );
  }
}
