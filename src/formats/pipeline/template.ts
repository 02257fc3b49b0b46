import type { Value } from '../../program/value.ts';
import { type PipelineContext, resultsOf, variable } from './context.ts';
import { isData, numberIn, partAt, prettyJson } from './data.ts';

/** Replaces `{{expression}}` in every text of a value; a text that is exactly one expression becomes its value. */
export function render(value: Value, context: PipelineContext): Value {
  if (typeof value === 'string') return renderText(value, context);
  if (Array.isArray(value)) return value.map((part: Value) => render(part, context));
  if (!isData(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, render(part, context)]));
}

function renderText(text: string, context: PipelineContext): Value {
  const whole = /^\{\{([^{}]*)\}\}$/.exec(text);
  if (whole !== null) return resolve(whole[1] ?? '', context);
  return text.replace(/\{\{([^{}]*)\}\}/g, (_, expression: string) => asText(resolve(expression, context)));
}

function asText(value: Value): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null
      ? prettyJson(value)
      : String(value ?? '');
}

const functions: { readonly [name: string]: (args: readonly number[]) => number } = {
  multiply: (args) => args.reduce((product, each) => product * each, 1),
  add: (args) => args.reduce((sum, each) => sum + each, 0),
  subtract: ([first = 0, ...others]) => others.reduce((rest, each) => rest - each, first),
  divide: ([first = 0, ...others]) => others.reduce((rest, each) => (each === 0 ? 0 : rest / each), first),
  max: (args) => args.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY),
  min: (args) => args.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
  round: ([value = 0]) => Math.round(value),
  floor: ([value = 0]) => Math.floor(value),
  ceil: ([value = 0]) => Math.ceil(value),
};

/** What stays as it is in the text when it cannot be resolved. */
const kept = /^(inputs|global_vars|steps)\./;

/** @returns the value; the expression in its braces when it has to stay; '' when it names nothing */
function resolve(expression: string, context: PipelineContext): Value {
  const text = expression.trim();
  const call = /^(\w+)\((.*)\)$/s.exec(text);
  if (call !== null && Object.hasOwn(functions, call[1] ?? '')) {
    const args = (call[2] ?? '').split(',').map((arg) => numberIn(operand(arg.trim(), context)) ?? 0);
    const value = functions[call[1] ?? '']?.(args) ?? 0;
    return Number.isFinite(value) ? value : 0;
  }
  const binary = /^([\w.]+)\s*([-+*])\s*([\w.]+)$/.exec(text);
  if (binary !== null) {
    const [a, b] = [binary[1], binary[3]].map((side) => numberIn(operand(side ?? '', context)) ?? 0) as [
      number,
      number,
    ];
    return binary[2] === '+' ? a + b : binary[2] === '-' ? a - b : a * b;
  }
  return operand(text, context) ?? (kept.test(text) ? `{{${expression}}}` : '');
}

function operand(text: string, context: PipelineContext): Value | undefined {
  const number = numberIn(text);
  if (number !== undefined) return number;
  const [head = '', ...path] = text.split('.');
  if (path.length === 0) return variable(context, head);
  if (head === 'inputs') return partAt(context.base.inputs, path);
  if (head === 'global_vars') return partAt(context.state.global, path);
  if (head === 'state') return variable(context, path.join('.'));
  if (head === 'loop') return partAt(context.base.loop, path);
  if (head === 'steps') {
    const [name = '', ...rest] = path;
    const result = resultsOf(context)[name];
    // `steps.x.result` is also how the whole result of a step is asked for.
    return partAt(result, rest) ?? (rest.length === 1 && rest[0] === 'result' ? result : undefined);
  }
  return variable(context, text);
}
