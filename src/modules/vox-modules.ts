import type { AnyModule } from '../host/registry.ts';
import { defineModule } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import type { Primitives } from './vox.ts';
import { defaultPrimitives } from './vox-default.ts';
import { callPrimitive } from './vox-evaluate.ts';
import { imagePrimitives } from './vox-image.ts';
import { scalarPrimitives } from './vox-scalar.ts';
import { stringPrimitives } from './vox-strings.ts';

/** Every primitive of VoxLogicA-2 that runs here, by its full name. */
export const voxPrimitives: Primitives = {
  ...defaultPrimitives,
  ...stringPrimitives,
  ...scalarPrimitives,
  ...imagePrimitives,
};

export interface VoxInput {
  readonly args: readonly Value[];
  /** Only `default.fold` has any: `{ operator }`. */
  readonly attrs?: { readonly [key: string]: Value };
}

/** One module for each primitive, under its full name (`default.range`, `vox1.+`): input `{ args, attrs }`, output its value. */
export const voxModules: readonly AnyModule[] = Object.keys(voxPrimitives).map((operator) =>
  defineModule<VoxInput, Value>({
    name: operator,
    version: '1',
    description: `the primitive ${operator} of VoxLogicA-2`,
    kind: Object.hasOwn(imagePrimitives, operator) ? 'cpu' : 'io',
    input: {
      type: 'object',
      required: ['args'],
      additionalProperties: false,
      properties: { args: { type: 'array' }, attrs: { type: 'object' } },
    },
    run: ({ args, attrs = {} }) => callPrimitive(operator, args, attrs, voxPrimitives),
  }),
);
