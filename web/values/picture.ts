import { isRecord } from '../../src/program/shape.ts';
import type { TypedArray, Value } from '../../src/program/value.ts';

/** One number a pixel (drawn grey), or four (colours). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: TypedArray;
}

export function isPicture(value: unknown): value is Picture & { readonly [key: string]: Value } {
  if (!isRecord(value)) return false;
  const { width, height, pixels } = value;
  if (!Number.isInteger(width) || !Number.isInteger(height) || !ArrayBuffer.isView(pixels)) return false;
  const { length } = pixels as TypedArray;
  const area = (width as number) * (height as number);
  return area > 0 && (length === area || length === area * 4);
}

/** The picture at most so many pixels wide and high, every pixel the nearest one. */
export function renderPicture({ width, height, pixels }: Picture, sideMax: number): ImageData {
  const shrink = Math.max(1, Math.max(width, height) / sideMax);
  const [w, h] = [Math.max(1, Math.round(width / shrink)), Math.max(1, Math.round(height / shrink))];
  const image = new ImageData(w, h);
  const hasColours = pixels.length === width * height * 4;
  const sample = (x: number, y: number): number =>
    Math.min(height - 1, Math.floor(y * shrink)) * width + Math.min(width - 1, Math.floor(x * shrink));
  const [low, high] = hasColours ? [0, 255] : rangeOf(pixels);
  const factor = high > low ? 255 / (high - low) : 0;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [from, to] = [sample(x, y), (y * w + x) * 4];
      for (let channel = 0; channel < 4; channel++) {
        const value = hasColours ? pixels[from * 4 + channel] : ((pixels[from] ?? 0) - low) * factor;
        image.data[to + channel] = channel === 3 && !hasColours ? 255 : (value ?? 0);
      }
    }
  }
  return image;
}

export function rangeOf(numbers: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
