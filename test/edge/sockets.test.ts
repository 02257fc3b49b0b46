import { expect, test } from 'vitest';
import { as, keys, post } from '../contract/service.ts';
import { closed, edgeService } from './service.ts';

const service = await edgeService(closed);
const fetch = as(service, keys.runner);

const told = {
  heddle: 1,
  name: 'told',
  nodes: Object.fromEntries([
    ['n0', { waitFor: { event: 'go', timeoutMs: 600_000 } }],
    ...Array.from({ length: 10 }, (_, n) => [`n${n + 1}`, { module: 'test.wait', with: { ms: 2 }, needs: [`n${n}`] }]),
  ]),
};

/** The ids of the events a WebSocket tells, until it is closed or so many have come. */
async function listen(path: string, key: string, enough = Number.POSITIVE_INFINITY) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}${path}`, ['heddle', `bearer.${key}`]);
  const ids: number[] = [];
  return new Promise<{ ids: number[]; code: number; protocol: string }>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const update = JSON.parse(String(data)) as { events: readonly { id: string }[] };
      ids.push(...update.events.map(({ id }) => Number(id)));
      if (ids.length >= enough) socket.close(1000);
    });
    socket.addEventListener('close', ({ code }) => resolve({ ids, code, protocol: socket.protocol ?? '' }));
  });
}

test('a WebSocket tells every event once, also to one who comes back, and closes at the end', async () => {
  const { body } = await post(fetch, '/v1/executions', { program: told });
  const path = `/v1/executions/${(body as { executionId: string }).executionId}`;
  const staying = listen(`${path}/monitor`, keys.reader);
  const leaving = listen(`${path}/monitor`, keys.reader, 6);
  await new Promise((wake) => setTimeout(wake, 200));
  await post(fetch, `${path}/signals/go`, {});
  const [stayed, left] = await Promise.all([staying, leaving]);
  const back = await listen(`${path}/monitor?after=${left.ids.at(-1)}`, keys.reader);
  const { items } = (await (await fetch(`${path}/events`)).json()) as { items: readonly { id: string }[] };
  const all = items.map(({ id }) => Number(id));
  expect([stayed.code, stayed.protocol, stayed.ids]).toEqual([1000, 'heddle', all]);
  expect([...left.ids, ...back.ids]).toEqual(all);
});

test('without a key there is no WebSocket, and without an upgrade neither', async () => {
  const { body } = await post(fetch, '/v1/executions', { program: told });
  const path = `/v1/executions/${(body as { executionId: string }).executionId}/monitor`;
  expect(await listen(path, 'key-of-nobody-000001')).toMatchObject({ ids: [], code: 1006 });
  expect(await listen(path, keys.stranger)).toMatchObject({ ids: [], code: 1006 });
  const plain = await fetch(path);
  expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
});
