import { expect, inject, test } from 'vitest';

test('dist is built from the present sources', () => {
  expect(inject('buildError')).toBe('');
});
