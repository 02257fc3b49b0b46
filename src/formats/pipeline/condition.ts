import type { Value } from '../../program/value.ts';
import { type Data, isData, numberIn, partAt, sameValue, truthy } from './data.ts';
import { callFunction } from './functions.ts';

/** A condition of the language: text, `{ and | or | not }`, a list (all of it), or null (true). */
export type Condition = Value | undefined;

const depthMax = 100;

/** Whether a condition holds on the results of the steps so far, by step name. Never throws: what makes no sense is false. */
export function holds(condition: Condition, results: Data, depth = 0): boolean {
  if (condition === null || condition === undefined) return true;
  if (depth > depthMax) return false;
  const each = (part: Value): boolean => holds(part, results, depth + 1);
  if (typeof condition === 'boolean') return condition;
  if (Array.isArray(condition)) return condition.every(each);
  if (isData(condition)) {
    if (Array.isArray(condition.and)) return condition.and.every(each);
    if (Array.isArray(condition.or)) return condition.or.some(each);
    return 'not' in condition ? !each(condition.not ?? null) : false;
  }
  return truthy(evaluate(String(condition), results));
}

/** The value of an expression; undefined when it is none. */
export function evaluate(text: string, results: Data): Value | undefined {
  try {
    return new Reader(text, results).whole();
  } catch {
    return undefined;
  }
}

const token =
  /\s*(?:(\d+(?:\.\d+)?)(?![\w.])|'([^']*)'|"([^"]*)"|(>=|<=|==|!=|[<>+\-*/%(),])|([A-Za-z_][\w-]*(?:\.[\w-]+)*(?:\[\d+\])?))/y;
const comparisons: { readonly [operator: string]: (a: number | string, b: number | string) => boolean } = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

type Token = { readonly kind: 'number' | 'text' | 'sign' | 'word'; readonly text: string };

/** Reads and evaluates in one go: comparison of sums of products; `x / 0` and arithmetic of what is no number give 0. */
class Reader {
  readonly #tokens: Token[] = [];
  readonly #results: Data;
  #at = 0;
  #depth = 0;

  constructor(text: string, results: Data) {
    this.#results = results;
    const reader = new RegExp(token);
    const end = text.trimEnd().length;
    while (reader.lastIndex < end) {
      const found = reader.exec(text);
      if (found === null) throw new SyntaxError(text);
      const [, number, single, double, sign, word = ''] = found;
      const quoted = single ?? double;
      if (number !== undefined) this.#tokens.push({ kind: 'number', text: number });
      else if (quoted !== undefined) this.#tokens.push({ kind: 'text', text: quoted });
      else if (sign !== undefined) this.#tokens.push({ kind: 'sign', text: sign });
      else this.#tokens.push({ kind: 'word', text: word });
    }
  }

  whole(): Value | undefined {
    const value = this.#comparison();
    if (this.#at < this.#tokens.length) throw new SyntaxError('more than an expression');
    return value;
  }

  #next(...texts: readonly string[]): string | undefined {
    const found = this.#tokens[this.#at];
    if (found === undefined || (found.kind !== 'sign' && found.kind !== 'word') || !texts.includes(found.text))
      return undefined;
    this.#at++;
    return found.text;
  }

  #comparison(): Value | undefined {
    if (++this.#depth > depthMax) throw new RangeError('too deep');
    const left = this.#sum();
    const operator = this.#next('>=', '<=', '==', '!=', '>', '<', 'contains', 'matches', 'between');
    if (operator === undefined) return left;
    const right = this.#sum();
    if (operator === '==') return sameValue(left, right);
    if (operator === '!=') return !sameValue(left, right);
    if (operator === 'between') {
      if (this.#next('and') === undefined) throw new SyntaxError('between x and y');
      return callFunction('between', [left, right, this.#sum()], this.#results, holds) ?? false;
    }
    const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (compare === undefined) return callFunction(operator, [left, right], this.#results, holds) ?? false;
    return ordered(left, right, compare);
  }

  #sum(): Value | undefined {
    let left = this.#product();
    for (let sign = this.#next('+', '-'); sign !== undefined; sign = this.#next('+', '-'))
      left = arithmetic(sign, left, this.#product());
    return left;
  }

  #product(): Value | undefined {
    let left = this.#atom();
    for (let sign = this.#next('*', '/', '%'); sign !== undefined; sign = this.#next('*', '/', '%'))
      left = arithmetic(sign, left, this.#atom());
    return left;
  }

  #atom(): Value | undefined {
    const found = this.#tokens[this.#at++];
    if (found === undefined) throw new SyntaxError('an expression ends too early');
    if (found.kind === 'number') return Number(found.text);
    if (found.kind === 'text') return found.text;
    if (found.text === '-') return arithmetic('-', 0, this.#atom());
    if (found.text === '(') {
      const inner = this.#comparison();
      if (this.#next(')') === undefined) throw new SyntaxError('( without )');
      return inner;
    }
    if (found.kind === 'sign') throw new SyntaxError(found.text);
    if (this.#next('(') !== undefined) return this.#call(found.text);
    const words: { readonly [word: string]: Value } = { true: true, false: false, null: null, nil: null };
    if (Object.hasOwn(words, found.text)) return words[found.text];
    return partAt(this.#results, found.text.replace(/\[(\d+)\]$/, '.$1').split('.'));
  }

  #call(name: string): Value | undefined {
    const args: (Value | undefined)[] = [];
    while (this.#next(')') === undefined) {
      if (args.length > 0 && this.#next(',') === undefined) throw new SyntaxError('arguments');
      args.push(this.#comparison());
    }
    return callFunction(name, args, this.#results, holds);
  }
}

function ordered(
  left: Value | undefined,
  right: Value | undefined,
  compare: (a: number | string, b: number | string) => boolean,
): boolean {
  if (typeof left === 'number' && typeof right === 'number') return compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
  // A moment, as now() gives it, against the text of one.
  const moment = (value: Value | undefined, other: Value | undefined): number =>
    typeof value === 'number'
      ? value
      : typeof value === 'string' && typeof other === 'number'
        ? isoMs(value)
        : Number.NaN;
  return compare(moment(left, right), moment(right, left));
}

const isoMs = (text: string): number => (/^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN);

function arithmetic(sign: string, left: Value | undefined, right: Value | undefined): number {
  const [a, b] = [numberIn(left), numberIn(right)];
  if (a === undefined || b === undefined) return 0;
  if (sign === '+') return a + b;
  if (sign === '-') return a - b;
  if (sign === '*') return a * b;
  if (b === 0 || (sign === '%' && Math.trunc(b) === 0)) return 0;
  return sign === '/' ? a / b : Math.trunc(a) % Math.trunc(b);
}
