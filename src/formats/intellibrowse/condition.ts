import { HeddleError } from '../../errors.ts';
import { defineModule } from '../../ports/module.ts';
import { compileExpression } from '../../program/expression.ts';
import type { Value } from '../../program/value.ts';

export interface GraphConditionInput {
  /** CEL. Names are the keys of `context`, then the parents, which are also `nodes["any-id"]`; `input` holds both. */
  readonly expression: string;
  readonly context: { readonly [name: string]: Value };
  /** Outputs of the parents; null of one that failed or was skipped. */
  readonly results: { readonly [id: string]: Value };
}

/** Evaluates the `condition_expression` of a node. */
export const graphCondition = defineModule<GraphConditionInput, { readonly met: boolean }>({
  name: 'intellibrowse.condition',
  version: '1',
  description: 'evaluates the condition of a node of an execution graph',
  input: {
    type: 'object',
    required: ['expression', 'context', 'results'],
    properties: { expression: { type: 'string' }, context: { type: 'object' }, results: { type: 'object' } },
  },
  output: { type: 'object', required: ['met'], properties: { met: { type: 'boolean' } } },
  run: ({ expression, context, results }, { executionId }) => {
    const compiled = compileExpression(expression, 'condition_expression');
    const known = new Map([...Object.entries(results), ...Object.entries(context)]);
    const unknown = [...compiled.references.nodes].find((name) => !known.has(name));
    if (unknown !== undefined)
      throw bad(`${expression} names ${unknown}, which neither condition_context nor a parent is`);
    const met = compiled.evaluate({ input: { context, results }, nodes: known, executionId });
    if (typeof met !== 'boolean') throw bad(`${expression} gave no boolean`);
    return { met };
  },
});

function bad(message: string): HeddleError {
  return new HeddleError({ code: 'BAD_EXPRESSION', message, path: 'condition_expression', retryable: false });
}
