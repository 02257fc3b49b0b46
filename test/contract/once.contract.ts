import { describe, expect, test } from 'vitest';
import { type ApiFetch, post, quick } from './service.ts';

/** Requests with an Idempotency-Key are done once. @param rounds of 100 starts at once */
export function onceContract(name: string, fetch: ApiFetch, rounds: number): void {
  const started = async (): Promise<readonly string[]> => {
    const response = await fetch('/v1/executions?program=quick&limit=1000');
    const { items } = (await response.json()) as { items: readonly { executionId: string }[] };
    return items.map(({ executionId }) => executionId);
  };

  describe(`done once: ${name}`, () => {
    test(`100 starts at once with one key make one execution, in each of ${rounds} rounds`, {
      timeout: 600_000,
    }, async () => {
      for (let round = 0; round < rounds; round++) {
        const before = new Set(await started());
        const key = { 'idempotency-key': `round ${round} of ${name}` };
        const answers = await Promise.all(
          Array.from({ length: 100 }, () => post(fetch, '/v1/executions', { program: quick, inputs: { round } }, key)),
        );
        const made = answers.filter(({ status }) => status === 202);
        // One is under way while the others ask; they are told so.
        expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 409)).toEqual([]);
        expect(made.length).toBeGreaterThan(0);
        const ids = new Set(made.map(({ body }) => (body as { executionId: string }).executionId));
        expect(ids.size).toBe(1);
        expect((await started()).filter((id) => !before.has(id))).toEqual([...ids]);
        const again = await post(fetch, '/v1/executions', { program: quick, inputs: { round } }, key);
        expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
        expect(ids.has((again.body as { executionId: string }).executionId)).toBe(true);
      }
    });

    test('the same key for something else is refused; after a refusal the key is free', async () => {
      const key = { 'idempotency-key': `other bodies of ${name}` };
      expect(await post(fetch, '/v1/executions', { program: 7 }, key)).toMatchObject({ status: 422 });
      expect(await post(fetch, '/v1/executions', { program: quick }, key)).toMatchObject({ status: 202 });
      const other = await post(fetch, '/v1/executions', { program: quick, inputs: { a: 1 } }, key);
      expect(other).toMatchObject({ status: 422, body: { code: 'BAD_INPUT', path: 'Idempotency-Key' } });
      const long = await post(fetch, '/v1/executions', { program: quick }, { 'idempotency-key': 'k'.repeat(256) });
      expect(long).toMatchObject({ status: 422, body: { path: 'Idempotency-Key' } });
    });
  });
}
