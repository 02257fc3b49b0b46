import { HeddleError } from '../errors.ts';
import { defineModule } from '../ports/module.ts';
import { compileExpression } from '../program/expression.ts';
import type { Value } from '../program/value.ts';

export interface TransformInput {
  /** CEL, without `${}`: it sees `value` as `input`, and with `each` every element as `item` and its `index`. */
  readonly expression: string;
  readonly value: Value;
  /** Applies the expression to every element of the list `value` is. */
  readonly each?: boolean;
}

/** Computes a value from another by an expression that is itself a value, so that it can come out of a step before. */
export const transform = defineModule<TransformInput, { readonly value: Value }>({
  name: 'transform',
  version: '1',
  description: 'computes a value by an expression',
  input: {
    type: 'object',
    required: ['expression', 'value'],
    properties: { expression: { type: 'string' }, value: {}, each: { type: 'boolean' } },
  },
  output: { type: 'object', required: ['value'], properties: { value: {} } },
  run: ({ expression, value, each = false }, { executionId }) => {
    if (!each) return { value: evaluateOn(expression, value, executionId) };
    if (!Array.isArray(value))
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: 'transform: with each, the value has to be a list',
        path: 'value',
        retryable: false,
      });
    return { value: value.map((item: Value, index) => evaluateOn(expression, value, executionId, { item, index })) };
  },
});

/**
 * The value of an expression that sees one value as `input`. Names of other nodes are refused.
 * @throws BAD_EXPRESSION
 */
export function evaluateOn(
  expression: string,
  value: Value,
  executionId: string,
  of: { readonly item?: Value; readonly index?: number } = {},
): Value {
  const compiled = compileExpression(expression, 'expression');
  const [name] = compiled.references.nodes;
  if (name !== undefined)
    throw new HeddleError({
      code: 'BAD_EXPRESSION',
      message: `the expression names ${name}, but sees only input, item, index and execution`,
      path: 'expression',
      hint: `hand it in with the value and write input.${name}`,
      retryable: false,
    });
  return compiled.evaluate({ input: value, nodes: new Map(), executionId, ...of });
}
