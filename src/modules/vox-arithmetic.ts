import type { Value } from '../program/value.ts';
import type { Plane } from './image.ts';
import { bad, type Call, isImage, numberOf } from './vox.ts';

type Compute = (a: number, b: number) => number;

export const arithmetic = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
} as const satisfies Record<string, Compute>;

export type ArithmeticSign = keyof typeof arithmetic;

/**
 * Numbers, sequences and images, element by element; a number meets every element. x / 0 of numbers and sequences of
 * unequal length are errors; images divide as floats do.
 */
export function combine(sign: ArithmeticSign, left: Value | undefined, right: Value | undefined, call: Call): Value {
  if (Array.isArray(left) || Array.isArray(right)) return combineLists(sign, left, right, call);
  if (isImage(left) || isImage(right)) return combineImages(arithmetic[sign], left, right, call);
  const [a, b] = [numberOf(left, call), numberOf(right, call)];
  if (sign === '/' && b === 0) throw bad(call, 'division by zero');
  return arithmetic[sign](a, b);
}

function combineLists(sign: ArithmeticSign, left: Value | undefined, right: Value | undefined, call: Call): Value {
  const lengths = [left, right].flatMap((side) => (Array.isArray(side) ? [side.length] : []));
  if (lengths[0] !== (lengths[1] ?? lengths[0]))
    throw bad(call, `sequences of ${lengths[0]} and ${lengths[1]} elements do not fit`);
  const at = (side: Value | undefined, index: number): Value | undefined =>
    Array.isArray(side) ? (side[index] as Value) : side;
  return Array.from({ length: lengths[0] ?? 0 }, (_, index) => combine(sign, at(left, index), at(right, index), call));
}

function combineImages(compute: Compute, left: Value | undefined, right: Value | undefined, call: Call): Value {
  const image = (isImage(left) ? left : right) as unknown as Plane;
  if (isImage(left) && isImage(right) && (left.width !== right.width || left.height !== right.height))
    throw bad(call, `images of ${left.width}×${left.height} and ${right.width}×${right.height} do not fit`);
  const of = (side: Value | undefined): ((index: number) => number) => {
    if (isImage(side)) return (index) => side.pixels[index] as number;
    const number = numberOf(side, call);
    return () => number;
  };
  const [a, b] = [of(left), of(right)];
  return mapPixels(image, (_, index) => compute(a(index), b(index)));
}

export function mapPixels(image: Plane, compute: (value: number, index: number) => number): Value {
  const { width, height } = image;
  const pixels = Float32Array.from(image.pixels as Float32Array, compute);
  return { width, height, pixels } as unknown as Value;
}
