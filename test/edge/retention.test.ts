import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleWorker, Workerd } from './workerd.ts';

let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.temporary(await bundleWorker('test/edge/retention-worker.ts'));
}, 60_000);
afterAll(() => workerd.stop());

async function ended(): Promise<{ readonly executionId: string; readonly completedAt: string }> {
  const inputs = { question: "What was Queequeg's coffin used for?" };
  const { status, body } = await workerd.post(
    '/v1/programs/question-answering/executions',
    { inputs },
    { prefer: 'wait=30' },
  );
  expect(status).toBe(200);
  return body;
}

/** In the catalogue, and in the list of its program. */
async function listed(id: string): Promise<readonly boolean[]> {
  const found: boolean[] = [];
  for (const query of ['', 'program=question-answering', 'status=COMPLETED&program=question-answering']) {
    const { body } = await workerd.json(`/v1/executions?limit=1000&${query}`);
    found.push((body as { items: { executionId: string }[] }).items.some(({ executionId }) => executionId === id));
  }
  return found;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; polls < 400; polls++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await isSo()).toBe(true);
}

test('an object erases its execution by itself, a while after the end, and takes it off the lists', {
  timeout: 60_000,
}, async () => {
  const { executionId, completedAt } = await ended();
  await until(async () => (await listed(executionId)).some(Boolean));
  // Reading erases nothing: it is the alarm of the object that does.
  await until(async () => (await workerd.json(`/v1/executions/${executionId}`)).status === 404);
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(completedAt) + 3000);
  expect(await listed(executionId)).toEqual([false, false, false]);
});

test('what is deleted is on no list, and stays off them', { timeout: 60_000 }, async () => {
  const ids = await Promise.all(Array.from({ length: 3 }, async () => (await ended()).executionId));
  await Promise.all(
    ids.map(async (id) => {
      const { status } = await fetch(`${workerd.url}/v1/executions/${id}`, { method: 'DELETE' });
      expect(status).toBe(204);
    }),
  );
  // Whatever was about to be told of them would have come by now.
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const id of ids) {
    expect(await listed(id)).toEqual([false, false, false]);
    expect((await workerd.json(`/v1/executions/${id}`)).status).toBe(404);
  }
});
