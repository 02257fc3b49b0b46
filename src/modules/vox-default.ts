import type { Value } from '../program/value.ts';
import {
  bad,
  type Call,
  closureOf,
  isClosure,
  listOf,
  numberOf,
  type Primitive,
  type Primitives,
  truthy,
  wholeOf,
} from './vox.ts';
import { type arithmetic, combine } from './vox-arithmetic.ts';

/** Elements of a range at the most. */
const rangeMax = 10_000_000;

const binary =
  (sign: keyof typeof arithmetic): Primitive =>
  ([left, right], call) =>
    combine(sign, left, right, call);

export const compare =
  (holds: (a: number, b: number) => boolean): Primitive =>
  ([left, right], call) =>
    holds(numberOf(left, call), numberOf(right, call));

/** Sequence and function may come in either order: plans put the sequence first, program text the function. */
function sequenceAndFunction(args: readonly Value[], call: Call) {
  const [first, second] = isClosure(args[0]) ? [args[1], args[0]] : args;
  return { sequence: listOf(first, call), closure: closureOf(second, call) };
}

const map: Primitive = (args, call) => {
  const { sequence, closure } = sequenceAndFunction(args, call);
  return sequence.map((element) => call.apply(closure, element));
};

const range: Primitive = (args, call) => {
  const [start, stop] =
    args.length > 1 ? [wholeOf(args[0], call), wholeOf(args[1], call)] : [0, wholeOf(args[0], call)];
  if (stop - start > rangeMax) throw bad(call, `${stop - start} elements, ${rangeMax} are allowed`);
  return Array.from({ length: Math.max(0, stop - start) }, (_, index) => start + index);
};

const index: Primitive = ([sequence, position], call) => {
  const [list, at] = [listOf(sequence, call), wholeOf(position, call)];
  if (at < 0 || at >= list.length) throw bad(call, `position ${at} lies outside a sequence of ${list.length}`);
  return list[at] as Value;
};

const slice: Primitive = ([sequence, from, to], call) => {
  const list = listOf(sequence, call);
  const bound = (value: Value | undefined, otherwise: number): number =>
    value === null || value === undefined ? otherwise : wholeOf(value, call);
  const start = Math.max(0, bound(from, 0));
  const stop = bound(to, list.length);
  return stop <= start ? [] : list.slice(start, stop);
};

const subsequence: Primitive = (args, call) => {
  const list = listOf(args[0], call);
  const [start, stop] =
    args.length > 2 ? [wholeOf(args[1], call), wholeOf(args[2], call)] : [0, wholeOf(args[1], call)];
  return list.slice(Math.max(0, start), Math.max(0, start, stop));
};

/** First value and step of each operator of `fold`; without a first value the first element is it. */
const folds: { readonly [operator: string]: readonly [first: Value | undefined, step: Primitive] } = {
  '+': [0, binary('+')],
  '-': [0, binary('-')],
  '*': [1, binary('*')],
  '/': [undefined, binary('/')],
  '&&': [true, ([a, b]) => truthy(a) && truthy(b)],
  '||': [false, ([a, b]) => truthy(a) || truthy(b)],
  min: [undefined, ([a, b], call) => Math.min(numberOf(a, call), numberOf(b, call))],
  max: [undefined, ([a, b], call) => Math.max(numberOf(a, call), numberOf(b, call))],
};

const fold: Primitive = (args, call) => {
  const operator = String(call.attrs.operator);
  const [first, step] = (Object.hasOwn(folds, operator) ? folds[operator] : undefined) ?? [];
  if (step === undefined) throw bad(call, `${operator} is none of ${Object.keys(folds).join(' ')}`);
  const list = listOf(args.at(-1), call);
  let elements = list;
  let total = args.length > 1 ? args[0] : first;
  if (total === undefined && operator === '/') throw bad(call, '/ needs a first value');
  if (total === undefined) [total, ...elements] = list;
  if (total === undefined) throw bad(call, `${operator} of an empty sequence has no value`);
  return elements.reduce((sum: Value, element) => step([sum, element], call), total);
};

const argmax: Primitive = ([sequence], call) => {
  const list = listOf(sequence, call).map((element) => numberOf(element, call));
  if (list.length === 0) throw bad(call, 'an empty sequence has no maximum');
  return list.indexOf(list.reduce((largest, value) => Math.max(largest, value)));
};

const comparisons: Primitives = {
  eq: compare((a, b) => a === b),
  neq: compare((a, b) => a !== b),
  lt: compare((a, b) => a < b),
  leq: compare((a, b) => a <= b),
  gt: compare((a, b) => a > b),
  geq: compare((a, b) => a >= b),
};

/** Namespace `default` but for what reads files (`load`, `dir`) and draws (`overlay`). */
export const defaultPrimitives: Primitives = {
  'default.addition': binary('+'),
  'default.subtraction': binary('-'),
  'default.multiplication': binary('*'),
  'default.division': binary('/'),
  'default.range': range,
  'default.sequence': (args) => args,
  'default.index': index,
  'default.slice': slice,
  'default.subsequence': subsequence,
  'default.map': map,
  'default.for_loop': map,
  'default.dask_map': map,
  'default.filter': (args, call) => {
    const { sequence, closure } = sequenceAndFunction(args, call);
    return sequence.filter((element) => truthy(call.apply(closure, element)));
  },
  'default.fold': fold,
  'default.argmax': argmax,
  ...Object.fromEntries(Object.entries(comparisons).map(([name, primitive]) => [`default.num_${name}`, primitive])),
  ...Object.fromEntries(Object.entries(comparisons).map(([name, primitive]) => [`default.${name}`, primitive])),
  'default.bool_and_scalar': ([left, right]) => truthy(left) && truthy(right),
  'default.bool_or_scalar': ([left, right]) => truthy(left) || truthy(right),
  'default.not_compat': ([value]) => !truthy(value),
  'default.print_primitive': (args) => args.at(-1) ?? null,
};
