import { test } from 'vitest';
import { misbehave } from '../browser/support/misbehaviours.ts';

test('500 misbehaviours: every call settles once, and the pool has its size again', { timeout: 600_000 }, () =>
  misbehave(500, 7),
);
