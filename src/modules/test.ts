import { HeddleError, toErrorData } from '../errors.ts';
import { defineModule } from '../ports/module.ts';
import { encode } from '../program/canonical.ts';
import type { JsonSchema } from '../program/program.ts';
import { checkAgainstSchema } from '../program/schema.ts';
import type { Value } from '../program/value.ts';
import { evaluateOn } from './transform.ts';

/** One assertion: an expression on the value as `input`, a value it has to equal, or a schema it has to match. */
export interface Assertion {
  readonly name?: string;
  readonly expression?: string;
  readonly equals?: Value;
  readonly schema?: JsonSchema;
}

export interface TestInput {
  readonly value: Value;
  readonly assertions: readonly Assertion[];
  /** Gives the report also when assertions fail, instead of failing with TEST_FAILED. */
  readonly report?: boolean;
}

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly { readonly name: string; readonly passed: boolean; readonly message?: string }[];
}

/** Checks assertions on a value, all of them, and reports. */
export const testModule = defineModule<TestInput, TestReport>({
  name: 'test',
  version: '1',
  description: 'checks assertions on a value and reports',
  input: {
    type: 'object',
    required: ['value', 'assertions'],
    properties: { value: {}, assertions: { type: 'array', items: { type: 'object' } }, report: { type: 'boolean' } },
  },
  run: ({ value, assertions, report = false }, { executionId }) => {
    const results = assertions.map((assertion, index) => {
      const name = assertion.name ?? assertion.expression ?? `assertion ${index}`;
      const message = problemOf(assertion, value, executionId);
      return { name, passed: message === undefined, ...(message !== undefined && { message }) };
    });
    const failures = results.filter(({ passed }) => !passed);
    const summary: TestReport = { passed: results.length - failures.length, failed: failures.length, results };
    if (failures.length > 0 && !report)
      throw new HeddleError({
        code: 'TEST_FAILED',
        message: `${failures.length} of ${results.length} assertions failed: ${failures
          .map(({ name, message }) => `${name} (${message})`)
          .slice(0, 3)
          .join('; ')}`,
        retryable: false,
        details: { report: summary },
      });
    return summary;
  },
});

/** Why an assertion does not hold; undefined when it does. */
function problemOf(
  { expression, schema, ...assertion }: Assertion,
  value: Value,
  executionId: string,
): string | undefined {
  try {
    if (schema !== undefined) return checkAgainstSchema(schema, value)[0]?.message;
    const found = expression === undefined ? value : evaluateOn(expression, value, executionId);
    const wanted = assertion.equals === undefined ? true : assertion.equals;
    return sameBytes(encode(found), encode(wanted)) ? undefined : `it is ${shown(found)}, not ${shown(wanted)}`;
  } catch (thrown) {
    return toErrorData(thrown, 'BAD_EXPRESSION').message;
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

const shown = (value: Value): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);
