import { expect, test } from 'vitest';
import { abortOften } from '../edge/abort-run.ts';

test('300 aborts of objects of executions: nothing is lost, nothing is done twice by its key', async () => {
  expect(await abortOften(300, 6)).toBe(300);
});
