import { expect, test } from 'vitest';
import { as, keys, post } from '../contract/service.ts';
import { closed, edgeService } from '../edge/service.ts';

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

interface Told {
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

/** The ids of the events a WebSocket tells, until the execution ends, so many have come, or the socket is refused. */
async function listen(path: string, key: string, enough = Number.POSITIVE_INFINITY) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}${path}`, ['heddle', `bearer.${key}`]);
  const ids: number[] = [];
  return new Promise<{ readonly ids: readonly number[]; readonly protocol: string }>((resolve) => {
    const leave = () => {
      resolve({ ids, protocol: socket.protocol ?? '' });
      socket.close(1000);
    };
    socket.addEventListener('error', leave);
    socket.addEventListener('message', ({ data }) => {
      const { events } = JSON.parse(String(data)) as Told;
      ids.push(...events.map(({ id }) => Number(id)));
      if (ids.length >= enough || events.some(({ type }) => type === 'EXECUTION_COMPLETED')) leave();
    });
  });
}

test('a WebSocket tells every event once, and one who comes back goes on after the last one seen', async () => {
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
  expect([stayed.protocol, stayed.ids]).toEqual(['heddle', all]);
  expect([...left.ids, ...back.ids]).toEqual(all);
});

test('without a key there is no WebSocket, and without an upgrade neither', async () => {
  const { body } = await post(fetch, '/v1/executions', { program: told });
  const path = `/v1/executions/${(body as { executionId: string }).executionId}/monitor`;
  expect(await listen(path, 'key-of-nobody-000001')).toEqual({ ids: [], protocol: '' });
  expect(await listen(path, keys.stranger)).toEqual({ ids: [], protocol: '' });
  expect((await fetch(path)).status).toBe(426);
});
