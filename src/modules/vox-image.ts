import type { ModuleContext } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import type { Mask, Plane } from './image.ts';
import { imageComponents } from './image-components.ts';
import { imageDistance } from './image-distance.ts';
import { otsu } from './image-threshold.ts';
import { bad, type Call, imageOf, isImage, numberOf, type Primitive, type Primitives, truthy } from './vox.ts';
import { combine, mapPixels } from './vox-arithmetic.ts';

/** These modules never look at their context. */
const noContext = {} as ModuleContext;

const asValue = (plane: object): Value => plane as unknown as Value;
const isSet = (value: number): boolean => value > 0;

function maskOf(image: Plane, holds: (value: number, index: number) => boolean): Value {
  const { width, height } = image;
  return asValue({
    width,
    height,
    pixels: Uint8Array.from(image.pixels, (value, index) => Number(holds(value, index))),
  });
}

const binaryMask = (image: Plane): Mask => maskOf(image, isSet) as unknown as Mask;

function sameSize(a: Plane, b: Plane, call: Call): void {
  if (a.width !== b.width || a.height !== b.height)
    throw bad(call, `images of ${a.width}×${a.height} and ${b.width}×${b.height} do not fit`);
}

/** Whether any (or every) pixel of the 3×3 box around one is set; outside of the image counts as `outside`. */
function box(image: Plane, every: boolean, outside: boolean): Value {
  const { width, height, pixels } = image;
  return maskOf(image, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    for (let y = row - 1; y <= row + 1; y++) {
      for (let x = column - 1; x <= column + 1; x++) {
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        const set = inside ? isSet(pixels[y * width + x] as number) : outside;
        if (set !== every) return !every;
      }
    }
    return every;
  });
}

const labelsOf = (image: Plane) => imageComponents.run({ mask: binaryMask(image) }, noContext) as Plane<Uint32Array>;
const distanceOf = (mask: Value) => (imageDistance.run({ mask: mask as unknown as Mask }, noContext) as Plane).pixels;

/** Distance to the set: outside to its nearest pixel, inside minus that to its nearest border pixel (Maurer's convention, spacing 1). */
const signedDistance: Primitive = ([value], call) => {
  const image = imageOf(value, call);
  const { width, height, pixels } = image;
  const outside = distanceOf(maskOf(image, (pixel) => !isSet(pixel)));
  const inner = maskOf(image, (pixel, index) => {
    if (!isSet(pixel)) return false;
    const [row, column] = [Math.floor(index / width), index % width];
    const beside: readonly (readonly [boolean, number])[] = [
      [column > 0, index - 1],
      [column < width - 1, index + 1],
      [row > 0, index - width],
      [row < height - 1, index + width],
    ];
    return beside.every(([exists, at]) => !exists || isSet(pixels[at] as number));
  });
  const inside = distanceOf(inner);
  return mapPixels(image, (pixel, index) => (isSet(pixel) ? -(inside[index] as number) : (outside[index] as number)));
};

/** Components of the second image that the first one touches. */
const through: Primitive = ([first, second], call) => {
  const [touching, image] = [imageOf(first, call), imageOf(second, call)];
  sameSize(touching, image, call);
  const { pixels } = labelsOf(image);
  const touched = new Set(Array.from(pixels).filter((_, index) => isSet(touching.pixels[index] as number)));
  return maskOf(image, (_, index) => pixels[index] !== 0 && touched.has(pixels[index] as number));
};

/** The largest component; components of the same size together. */
const maxvol: Primitive = ([value], call) => {
  const image = imageOf(value, call);
  const { pixels } = labelsOf(image);
  const sizes: number[] = [];
  for (const label of pixels) if (label > 0) sizes[label] = (sizes[label] ?? 0) + 1;
  const largest = sizes.reduce((most, size) => Math.max(most, size ?? 0), 0);
  return maskOf(image, (_, index) => largest > 0 && sizes[pixels[index] as number] === largest);
};

/** Of each pixel under the mask: which part of those pixels is darker, plus `correction` times the part that is equal; -1 elsewhere. */
const percentiles: Primitive = ([value, under, correction], call) => {
  const [image, mask] = [imageOf(value, call), imageOf(under, call)];
  sameSize(image, mask, call);
  const share = numberOf(correction, call);
  const sorted = image.pixels.filter((_, index) => isSet(mask.pixels[index] as number)).sort();
  const ranks: { [value: number]: number } = {};
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    ranks[sorted[start] as number] = (start + share * (end - start)) / sorted.length;
    start = end;
  }
  return mapPixels(image, (pixel, index) => (isSet(mask.pixels[index] as number) ? (ranks[pixel] ?? -1) : -1));
};

const average: Primitive = ([value, under], call) => {
  const [image, mask] = [imageOf(value, call), imageOf(under, call)];
  sameSize(image, mask, call);
  const chosen = Array.from(image.pixels).filter((_, index) => isSet(mask.pixels[index] as number));
  if (chosen.length === 0) throw bad(call, 'the mask selects no pixels');
  return chosen.reduce((sum, pixel) => sum + pixel, 0) / chosen.length;
};

const logical =
  (holds: (a: boolean, b: boolean) => boolean): Primitive =>
  ([left, right], call) => {
    if (!isImage(left) && !isImage(right)) return holds(truthy(left), truthy(right));
    const [a, b] = [imageOf(left, call), imageOf(right, call)];
    sameSize(a, b, call);
    return maskOf(a, (pixel, index) => holds(isSet(pixel), isSet(b.pixels[index] as number)));
  };

const extreme =
  (better: (a: number, b: number) => number): Primitive =>
  ([value], call) =>
    imageOf(value, call).pixels.reduce((found, pixel) => better(found, pixel));

/** Where the pixels compare so with a number, which comes first. */
const against =
  (holds: (pixel: number, value: number) => boolean): Primitive =>
  ([value, image], call) => {
    const limit = numberOf(value, call);
    return maskOf(imageOf(image, call), (pixel) => holds(pixel, limit));
  };

const volume: Primitive = ([value], call) => Array.from(imageOf(value, call).pixels).filter(isSet).length;
const labels: Primitive = ([value], call) => {
  const { width, height, pixels } = labelsOf(imageOf(value, call));
  return asValue({ width, height, pixels: Float32Array.from(pixels) });
};

/**
 * Namespace `vox1` over 2D images `{ width, height, pixels }`, 8-connected. Left out are the kernels that depend on the image
 * that was touched last (`tt`, `ff`, `constant`, `border`, `x`, `y`, `z`): they have no value of their own; and colours.
 */
export const imagePrimitives: Primitives = {
  'vox1.not': ([value], call) => maskOf(imageOf(value, call), (pixel) => !isSet(pixel)),
  'vox1.and': logical((a, b) => a && b),
  'vox1.or': logical((a, b) => a || b),
  'vox1.dt': signedDistance,
  'vox1.eq_sv': against((pixel, value) => pixel === value),
  'vox1.geq_sv': against((pixel, value) => pixel >= value),
  'vox1.leq_sv': against((pixel, value) => pixel <= value),
  'vox1.between': ([low, high, image], call) => {
    const [from, to] = [numberOf(low, call), numberOf(high, call)];
    return maskOf(imageOf(image, call), (pixel) => pixel >= from && pixel <= to);
  },
  'vox1.max': extreme(Math.max),
  'vox1.min': extreme(Math.min),
  'vox1.abs': ([value], call) => mapPixels(imageOf(value, call), Math.abs),
  'vox1.mask': ([value, under], call) => {
    const [image, mask] = [imageOf(value, call), imageOf(under, call)];
    sameSize(image, mask, call);
    return mapPixels(image, (pixel, index) => (isSet(mask.pixels[index] as number) ? pixel : 0));
  },
  'vox1.avg': average,
  'vox1.div_sv': ([value, image], call) => combine('/', value, image, call),
  'vox1.sub_sv': ([value, image], call) => combine('-', value, image, call),
  'vox1.div_vs': ([image, value], call) => combine('/', image, value, call),
  'vox1.sub_vs': ([image, value], call) => combine('-', image, value, call),
  'vox1.add_vs': ([image, value], call) => combine('+', image, value, call),
  'vox1.mul_vs': ([image, value], call) => combine('*', image, value, call),
  'vox1.near': ([value], call) => box(imageOf(value, call), false, false),
  'vox1.interior': ([value], call) => box(imageOf(value, call), true, true),
  'vox1.through': through,
  'vox1.intensity': ([value], call) => asValue(imageOf(value, call)),
  'vox1.volume': volume,
  'vox1.vol': volume,
  'vox1.maxvol': maxvol,
  'vox1.percentiles': percentiles,
  'vox1.lcc': labels,
  'vox1.Lcc': labels,
  'vox1.otsu': ([value, under], call) => {
    const [image, mask] = [imageOf(value, call), imageOf(under, call)];
    sameSize(image, mask, call);
    const limit = otsu(image.pixels.filter((_, index) => isSet(mask.pixels[index] as number)));
    return maskOf(image, (pixel, index) => isSet(mask.pixels[index] as number) && pixel > limit);
  },
};
