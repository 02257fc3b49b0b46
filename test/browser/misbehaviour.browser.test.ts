import { test } from 'vitest';
import { misbehave } from './support/misbehaviours.ts';

test('80 misbehaviours: every call settles once, and the pool has its size again', { timeout: 120_000 }, () =>
  misbehave(80, 20261121),
);
