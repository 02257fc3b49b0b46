import { expect, test } from 'vitest';
import type { JournalStore } from '../../../src/ports/journal-store.ts';
import { engineOver, openStores } from '../learning.ts';

const program = {
  heddle: 1,
  name: 'waits',
  nodes: {
    before: { module: 'test.sleep', forEach: { items: Array.from({ length: 20 }, (_, index) => index) }, with: {} },
    person: { waitFor: { event: 'go' }, needs: ['before'] },
    after: { module: 'test.sleep', needs: ['person'], with: {} },
  },
};

test('what an execution did before this host had it is replayed once, and goes on into what it does now', async () => {
  const stores = await openStores();
  const first = engineOver(stores);
  const { id } = await first.start(program);
  for await (const { events } of first.monitor(id))
    if (events.some(({ type, taskId }) => type === 'TASK_STARTED' && taskId === 'person')) break;
  await first.close();

  let reads = 0;
  const journal = new Proxy(stores.journal, {
    get(target, name: keyof JournalStore) {
      if (name === 'read') reads++;
      const member: unknown = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const second = engineOver({ ...stores, journal });
  const handle = await second.open(id);
  reads = 0;
  const seen: number[] = [];
  for await (const { events } of handle.monitor()) {
    for (const event of events) if (event.id !== 'live') seen.push(Number(event.id));
    if (events.some(({ type, taskId }) => type === 'TASK_STARTED' && taskId === 'person'))
      await handle.signal('go', null);
  }
  const { status, timeline } = await handle.result();
  expect(status).toBe('COMPLETED');
  expect(seen).toEqual(seen.map((_, index) => index + 1));
  expect(timeline.map((event) => Number(event.id))).toEqual(seen);
  // From the middle, by another reader.
  const half = Math.floor(seen.length / 2);
  const rest: number[] = [];
  for await (const { events } of second.monitor(id, half)) rest.push(...events.map((event) => Number(event.id)));
  expect(rest).toEqual(seen.slice(half));
  // Opening it has read the journal, and what it told may still be there.
  expect(reads).toBeLessThanOrEqual(1);
  // A host that never had it reads the same.
  const third = engineOver(stores);
  const again = await (await third.open(id)).result();
  expect(again.timeline).toEqual(timeline);
  await second.close();
  await third.close();
});
