import { test } from 'vitest';
import { misbehave } from '../browser/support/misbehaviours.ts';
import { misbehaveTogether, provedPool } from '../browser/support/proved-pool.ts';

test('500 misbehaviours: every call settles once, and the pool has its size again', { timeout: 600_000 }, () =>
  misbehave(500, 7),
);

test('200 rounds of calls sent together, any of which may misbehave', { timeout: 600_000 }, async () => {
  const { runner, workers, prove } = await provedPool();
  await misbehaveTogether({ runner, workers, prove, rounds: 200, seed: 7 });
});
