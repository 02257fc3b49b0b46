import { expect, test } from 'vitest';
import { checkBindings, type EdgeEnv } from '../../src/adapters/edge/edge-env.ts';

const bound = { EXECUTIONS: {}, PROGRAMS: {}, RUNNERS: {}, CACHES: {}, CATALOGUES: {} } as unknown as EdgeEnv;

test('a Worker that is not bound to its objects says to which, before the first request needs one', () => {
  expect(() => checkBindings(bound)).not.toThrow();
  const { PROGRAMS: _, CATALOGUES: __, ...rest } = bound;
  expect(() => checkBindings(rest)).toThrowError(
    expect.objectContaining({ code: 'BAD_INPUT', path: 'PROGRAMS, CATALOGUES' }),
  );
});
