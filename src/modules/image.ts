/** A picture of one number a pixel, row by row from the top left. */
export interface Plane<Pixels extends ArrayLike<number> = Float32Array> {
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
}

export type Mask = Plane<Uint8Array>;

/** Pixels of a side at the most: 16 million in all keep a plane of floats under 64 MiB. */
export const sideMax = 4096;

export const sizeSchema = { type: 'integer', minimum: 1, maximum: sideMax } as const;

/** JSON Schema of a plane; what the pixels are is for the module to know. */
export const planeSchema = {
  type: 'object',
  required: ['width', 'height', 'pixels'],
  properties: { width: sizeSchema, height: sizeSchema, pixels: {} },
} as const;
