import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import worker from './worker.ts';

interface Told {
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  Promise.resolve(worker.fetch(new Request(`http://127.0.0.1${path}`, init), env));

const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) });

/** Steps of which each waits for a signal, so that something is told between two evictions; each takes the 3 s after which a boot has succeeded. */
const steps = 2;
const program = {
  heddle: 1,
  name: 'hibernating',
  nodes: Object.fromEntries(
    Array.from({ length: steps }, (_, n) => [
      `n${n}`,
      { waitFor: { event: `go${n}`, timeoutMs: 600_000 }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
    ]),
  ),
};

async function until(isSo: () => boolean): Promise<void> {
  for (let polls = 0; polls < 500 && !isSo(); polls++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

test('a socket stays open while its object is evicted, and misses nothing and hears nothing twice', async () => {
  const { executionId } = (await (await post('/v1/executions', { program })).json()) as { executionId: string };
  const path = `/v1/executions/${executionId}`;
  const { status, webSocket } = await ask(`${path}/monitor`, { headers: { upgrade: 'websocket' } });
  expect(status).toBe(101);
  const heard: number[] = [];
  let [closed, code] = [false, 0];
  webSocket?.addEventListener('message', ({ data }) => {
    heard.push(...(JSON.parse(String(data)) as Told).events.map(({ id }) => Number(id)));
  });
  webSocket?.addEventListener('close', (event) => {
    [closed, code] = [true, event.code];
  });
  webSocket?.accept();
  const stub = env.EXECUTIONS.get(env.EXECUTIONS.idFromName(`main/${executionId}`));
  for (let step = 0; step < steps; step++) {
    const before = heard.length;
    await evictDurableObject(stub);
    await runInDurableObject(stub, (_, state) => expect(state.getWebSockets().length).toBe(1));
    // A body that is not read keeps an object from being evicted.
    expect(await (await post(`${path}/signals/go${step}`, {})).json()).toMatchObject({ executionId });
    await until(() => heard.length > before + 1);
  }
  await until(() => closed);
  const { items } = (await (await ask(`${path}/events`)).json()) as { items: readonly { id: string; type: string }[] };
  expect([heard, code]).toEqual([items.map(({ id }) => Number(id)), 1000]);
  // Every eviction was one: the next life of the object has taken the execution over.
  expect(items.filter(({ type }) => type === 'RECOVERY_INITIATED').length).toBe(steps);
});
