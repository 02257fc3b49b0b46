import { expect, test } from 'vitest';
import { idempotencyScope } from '../../src/api/idempotency.ts';
import { decode, encode } from '../../src/program/canonical.ts';
import { post, waits } from '../contract/service.ts';
import { engineApp } from './engine-app.ts';

/** Every answer kept for its Idempotency-Key is lost, as if whoever was to keep it had died in between. */
async function loseAnswers({ records }: Awaited<ReturnType<typeof engineApp>>): Promise<void> {
  for (const { key, bytes, version } of await records.list(idempotencyScope)) {
    const { answer, ...claim } = decode(bytes) as Record<string, never>;
    expect(answer).toBeDefined();
    const left = encode({ ...claim, atMs: 0 });
    expect(await records.put({ scope: idempotencyScope, key, bytes: left }, version)).toBe(true);
  }
}

const changed = { ...waits, name: 'changed' };

test.each([
  ['start', (_: string) => ['/v1/executions', { program: waits }] as const],
  ['fork', (id: string) => [`/v1/executions/${id}/fork`, { from: 'a' }] as const],
  ['change', (id: string) => [`/v1/executions/${id}/change`, { program: changed }] as const],
])('a %s whose answer was lost makes no second execution when it is asked again', async (_, request) => {
  const service = await engineApp();
  const fetch = (path: string, init?: RequestInit) => service.app.request(`http://127.0.0.1${path}`, init);
  const { body } = await post(fetch, '/v1/executions', { program: waits });
  const [path, asked] = request((body as { executionId: string }).executionId);
  const key = { 'idempotency-key': 'once' };
  const first = await post(fetch, path, asked, key);
  expect(first.status).toBe(202);
  await loseAnswers(service);
  const second = await post(fetch, path, asked, key);
  expect([second.status, second.body]).toEqual([202, first.body]);
  expect(await service.engine.list()).toHaveLength(2);
});
