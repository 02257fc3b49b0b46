import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Mask } from '../../src/modules/image.ts';
import { imageComponents } from '../../src/modules/image-components.ts';
import { imageDistance } from '../../src/modules/image-distance.ts';
import { imagePercentile } from '../../src/modules/image-percentile.ts';
import type { ModuleContext } from '../../src/ports/module.ts';
import { naiveAreas, naiveDistance } from '../reference/naive-image.ts';

const ctx = {} as ModuleContext;
const masks: fc.Arbitrary<Mask> = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height, fill]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: width * height, maxLength: width * height })
      .map((draws) => ({ width, height, pixels: Uint8Array.from(draws, (draw) => (draw < fill ? 1 : 0)) })),
  );

test('the distance transform agrees with looking at every pair of pixels', () => {
  fc.assert(
    fc.property(masks, (mask) => {
      fc.pre(mask.pixels.includes(0));
      const { pixels } = imageDistance.run({ mask }, ctx) as { pixels: Float32Array };
      naiveDistance(mask).forEach((distance, at) => expect(pixels[at]).toBeCloseTo(distance, 4));
    }),
  );
});

test('connected components agree with flooding', () => {
  fc.assert(
    fc.property(masks, (mask) => {
      const { areas, count } = imageComponents.run({ mask }, ctx) as { areas: Uint32Array; count: number };
      expect(Array.from(areas)).toEqual(naiveAreas(mask));
      expect(count).toBe(areas.length);
    }),
  );
});

test('a percentile lies between the ranks it is between', () => {
  const image = { width: 5, height: 1, pixels: Float32Array.of(5, 1, 4, 2, 3) };
  const at = (percent: number) => (imagePercentile.run({ image, percent }, ctx) as { value: number }).value;
  expect([0, 25, 50, 90, 100].map(at)).toEqual([1, 2, 3, 4.6, 5].map((value) => expect.closeTo(value, 6)));
});
