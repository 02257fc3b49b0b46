import { type Primitives, truthy } from './vox.ts';
import { type ArithmeticSign, arithmetic, combine } from './vox-arithmetic.ts';
import { compare } from './vox-default.ts';

const signs = Object.keys(arithmetic) as readonly ArithmeticSign[];

/** The scalar part of namespace `vox1`: arithmetic (of sequences and images too), comparisons, truth. */
export const scalarPrimitives: Primitives = {
  ...Object.fromEntries(signs.map((sign) => [`vox1.${sign}`, ([a, b], call) => combine(sign, a, b, call)])),
  'vox1.num_add': ([a, b], call) => combine('+', a, b, call),
  'vox1.num_sub': ([a, b], call) => combine('-', a, b, call),
  'vox1.num_mul': ([a, b], call) => combine('*', a, b, call),
  'vox1.num_div': ([a, b], call) => combine('/', a, b, call),
  'vox1.>': compare((a, b) => a > b),
  'vox1.<': compare((a, b) => a < b),
  'vox1.>=': compare((a, b) => a >= b),
  'vox1.<=': compare((a, b) => a <= b),
  'vox1.==': compare((a, b) => a === b),
  'vox1.!=': compare((a, b) => a !== b),
  'vox1.num_eq': compare((a, b) => a === b),
  'vox1.num_lt': compare((a, b) => a < b),
  'vox1.num_leq': compare((a, b) => a <= b),
  'vox1.num_gt': compare((a, b) => a > b),
  'vox1.num_geq': compare((a, b) => a >= b),
  'vox1.bool_and_scalar': ([a, b]) => truthy(a) && truthy(b),
  'vox1.bool_or_scalar': ([a, b]) => truthy(a) || truthy(b),
  'vox1.bool_not_scalar': ([a]) => !truthy(a),
} satisfies Primitives;
