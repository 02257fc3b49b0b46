import type { Value } from '../../program/value.ts';
import { type Data, isData, numberIn, sameValue, truthy } from './data.ts';

type Holds = (condition: Value, results: Data) => boolean;
type Args = readonly (Value | undefined)[];

const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const numbersOf = (value: Value | undefined): readonly number[] =>
  listOf(value).flatMap((each) => {
    const number = numberIn(each);
    return number === undefined ? [] : [number];
  });

const lengthOf = (value: Value | undefined): number =>
  Array.isArray(value) || typeof value === 'string' ? value.length : isData(value) ? Object.keys(value).length : 0;

const onNumber =
  (compute: (number: number, other: number) => number) =>
  ([value, other]: Args): number =>
    compute(numberIn(value) ?? 0, numberIn(other) ?? 0);

const simple: { readonly [name: string]: (args: Args) => Value } = {
  contains: ([whole, part]) =>
    typeof whole === 'string'
      ? typeof part === 'string' && whole.includes(part)
      : listOf(whole).some((each) => sameValue(each, part)),
  matches: ([text, pattern]) => {
    try {
      return typeof text === 'string' && new RegExp(textOf(pattern), 'u').test(text.slice(0, 10_000));
    } catch {
      return false;
    }
  },
  length: ([value]) => lengthOf(value),
  startsWith: ([text, start]) => textOf(text).startsWith(textOf(start)),
  endsWith: ([text, end]) => textOf(text).endsWith(textOf(end)),
  toLowerCase: ([text]) => textOf(text).toLowerCase(),
  toUpperCase: ([text]) => textOf(text).toUpperCase(),
  trim: ([text]) => textOf(text).trim(),
  sum: ([list]) => numbersOf(list).reduce((sum, each) => sum + each, 0),
  average: ([list]) => average(numbersOf(list)),
  min: (args) => least(args, (a, b) => a < b),
  max: (args) => least(args, (a, b) => a > b),
  isEmpty: ([value]) => !truthy(value),
  now: () => Date.now(),
  days: onNumber((count) => count * 86_400_000),
  hours: onNumber((count) => count * 3_600_000),
  minutes: onNumber((count) => count * 60_000),
  seconds: onNumber((count) => count * 1000),
  abs: onNumber(Math.abs),
  round: onNumber(Math.round),
  floor: onNumber(Math.floor),
  ceil: onNumber(Math.ceil),
  sqrt: onNumber((value) => (value < 0 ? 0 : Math.sqrt(value))),
  pow: onNumber((base, exponent) => base ** exponent),
  between: ([value, low, high]) => {
    const [at, from, to] = [numberIn(value), numberIn(low), numberIn(high)];
    return at !== undefined && from !== undefined && to !== undefined && at >= from && at <= to;
  },
};

function average(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

function least(args: Args, better: (a: number, b: number) => boolean): Value {
  const numbers = Array.isArray(args[0]) ? numbersOf(args[0]) : numbersOf(args.map((each) => each ?? null));
  return numbers.reduce<number | null>((found, each) => (found === null || better(each, found) ? each : found), null);
}

/** The value of a function of the condition language; undefined when there is none of that name. */
export function callFunction(name: string, args: Args, results: Data, holds: Holds): Value | undefined {
  if (name === 'any' || name === 'all' || name === 'count') {
    const [list, condition] = args;
    if (condition === undefined)
      return name === 'count' ? lengthOf(list) : listOf(list)[name === 'any' ? 'some' : 'every'](truthy);
    const fits = (item: Value): boolean => holds(condition, { ...results, item, ...(isData(item) && item) });
    if (name === 'count') return listOf(list).filter(fits).length;
    return name === 'any' ? listOf(list).some(fits) : listOf(list).every(fits);
  }
  return Object.hasOwn(simple, name) ? simple[name]?.(args) : undefined;
}
