import { HeddleError } from '../errors.ts';
import { defineModule } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import { evaluateOn } from './transform.ts';

export interface ConditionInput {
  /** CEL, without `${}`, on `value` as `input`; has to give true or false. */
  readonly expression: string;
  readonly value?: Value;
  /** Fails with CONDITION_NOT_MET instead of giving false. */
  readonly required?: boolean;
  /** Told when it fails. */
  readonly message?: string;
}

/** Tells whether a condition holds; nodes after it say `if: check.met`. */
export const condition = defineModule<ConditionInput, { readonly met: boolean }>({
  name: 'condition',
  version: '1',
  description: 'tells whether a condition holds',
  input: {
    type: 'object',
    required: ['expression'],
    properties: {
      expression: { type: 'string' },
      value: {},
      required: { type: 'boolean' },
      message: { type: 'string' },
    },
  },
  output: { type: 'object', required: ['met'], properties: { met: { type: 'boolean' } } },
  run: ({ expression, value = null, required = false, message }, { executionId }) => {
    const met = evaluateOn(expression, value, executionId);
    if (typeof met !== 'boolean')
      throw new HeddleError({
        code: 'BAD_EXPRESSION',
        message: `${expression} gave no boolean`,
        path: 'expression',
        hint: 'compare it with something',
        retryable: false,
      });
    if (required && !met)
      throw new HeddleError({
        code: 'CONDITION_NOT_MET',
        message: message ?? `${expression} does not hold`,
        retryable: false,
      });
    return { met };
  },
});
