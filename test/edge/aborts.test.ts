import { expect, test } from 'vitest';
import { abortOften } from './abort-run.ts';

test('10 aborts of the object of an execution: nothing is lost, nothing is done twice by its key', {
  timeout: 90_000,
}, async () => {
  expect(await abortOften(10, 5)).toBe(10);
});
