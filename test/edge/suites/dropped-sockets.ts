import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { bundleFaultWorker } from '../fault-run.ts';
import { Workerd } from '../workerd.ts';
import { sleep } from './kill.ts';

const naps = 40;
const napping = {
  heddle: 1,
  name: 'napping',
  nodes: Object.fromEntries(
    Array.from({ length: naps }, (_, n) => [`n${n}`, { sleepMs: 20, ...(n > 0 && { needs: [`n${n - 1}`] }) }]),
  ),
};

interface Told {
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

/** Listens over a WebSocket to the end, and comes back after the last event it has heard whenever it is cut off. */
async function listen(url: string, cut: () => void): Promise<readonly number[]> {
  const heard: number[] = [];
  for (let ended = false; !ended; ) {
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(`${url}?after=${heard.at(-1) ?? 0}`, 'heddle');
      socket.addEventListener('message', ({ data }) => {
        const { events } = JSON.parse(String(data)) as Told;
        heard.push(...events.map(({ id }) => Number(id)));
        ended ||= events.some(({ type }) => type === 'EXECUTION_COMPLETED');
        if (!ended) return;
        socket.close(1000);
        resolve();
      });
      socket.addEventListener('error', () => resolve());
      socket.addEventListener('close', () => resolve());
    });
    if (!ended) cut();
  }
  return heard;
}

/** Objects are put away under their listeners, so many times in all. */
export function droppedSocketsSuite(aborts: number, perExecution: number): void {
  test(`sockets that are cut ${aborts} times, with their object, hear everything once`, {
    timeout: 600_000,
  }, async () => {
    const workerd = await Workerd.temporary(await bundleFaultWorker());
    const random = new SeededRandom(20261121);
    let [done, cuts] = [0, 0];
    try {
      while (done < aborts) {
        const { body } = await workerd.post('/v1/executions', { program: napping });
        const id = (body as { executionId: string }).executionId;
        const url = `${workerd.url.replace('http', 'ws')}/v1/executions/${id}/monitor`;
        const listeners = Array.from({ length: 3 }, () => listen(url, () => cuts++));
        for (let times = 0; times < perExecution && done < aborts; times++, done++) {
          await sleep(30 + random.next() * 100);
          await workerd.json(`/test/die/${id}`, { method: 'POST' });
        }
        const heard = await Promise.all(listeners);
        const told = await workerd.json(`/v1/executions/${id}/events`);
        const all = (told.body as { items: { id: string }[] }).items.map((item) => Number(item.id));
        expect(all).toEqual(all.map((_, index) => index + 1));
        expect(heard).toEqual([all, all, all]);
      }
      expect(cuts).toBeGreaterThanOrEqual(aborts);
      console.log(`${aborts} aborts under 3 sockets each: ${cuts} cuts, nothing missed, nothing heard twice`);
    } finally {
      await workerd.stop();
    }
  });
}
