import { expect, test } from 'vitest';
import { createEngine, defineModule } from '../../src/index.ts';

const secret = 'a-secret-nobody-may-see';

const leaky = defineModule<{ readonly fails: boolean }, unknown>({
  name: 'leaky',
  version: '1',
  run({ fails }, ctx) {
    const key = ctx.secret('key');
    ctx.log(`uses ${key}`, { header: `Bearer ${key}` });
    ctx.emit({ part: btoa(key) });
    if (fails) throw new Error(`${'x'.repeat(500)} refused ${key}`);
    return { echoed: encodeURIComponent(key), length: key.length };
  },
});

test.each([false, true])('a secret gets out by no way, whether the module fails (%s) or not', async (fails) => {
  const engine = await createEngine({ modules: [leaky], secrets: (name) => (name === 'key' ? secret : undefined) });
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'leaky', with: { fails } } } };
  const execution = await engine.start(program);
  const heard: unknown[] = [];
  for await (const update of execution.monitor()) heard.push(update);
  const result = await execution.result();
  const told = JSON.stringify([heard, result]);
  expect(told).toContain('[redacted]');
  for (const form of [secret, btoa(secret)]) expect(told).not.toContain(form);
  expect(result.status).toBe(fails ? 'FAILED' : 'COMPLETED');
  if (!fails) expect(result.result).toEqual({ a: { echoed: '[redacted]', length: secret.length } });
});
