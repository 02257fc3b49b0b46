import { HeddleError } from '../errors.ts';
import { defineModule } from '../ports/module.ts';
import type { JsonSchema } from '../program/program.ts';
import { checkAgainstSchema } from '../program/schema.ts';
import type { Value } from '../program/value.ts';

export interface ValidateInput {
  readonly value: Value;
  /** JSON Schema 2020-12. */
  readonly schema: JsonSchema;
  /** Gives the errors instead of failing with BAD_SCHEMA. */
  readonly report?: boolean;
}

export interface ValidateOutput {
  readonly valid: boolean;
  /** The value itself, so that it can be passed on. */
  readonly value: Value;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/** Checks a value against a JSON Schema. */
export const validate = defineModule<ValidateInput, ValidateOutput>({
  name: 'validate',
  version: '1',
  description: 'checks a value against a JSON Schema',
  input: {
    type: 'object',
    required: ['value', 'schema'],
    properties: { value: {}, schema: { type: ['object', 'boolean'] }, report: { type: 'boolean' } },
  },
  run: ({ value, schema, report = false }) => {
    const errors = check(schema, value).map(({ path = '', message }) => ({ path, message }));
    const [first] = errors;
    if (first !== undefined && !report)
      throw new HeddleError({
        code: 'BAD_SCHEMA',
        message: `the value does not match the schema: ${first.message}`,
        path: first.path,
        retryable: false,
        details: { errors: errors.slice(0, 20) },
      });
    return { valid: errors.length === 0, value, errors };
  },
});

function check(schema: JsonSchema, value: Value) {
  try {
    return checkAgainstSchema(schema, value);
  } catch (thrown) {
    throw new HeddleError({
      code: 'BAD_INPUT',
      message: `the schema is none: ${(thrown as Error).message}`,
      path: 'schema',
      retryable: false,
    });
  }
}
