import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleWorker, Workerd } from './workerd.ts';

test('an object erases its execution by itself, a while after the end', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
  const workerd = await Workerd.start(await bundleWorker('test/edge/retention-worker.ts'), folder);
  try {
    const inputs = { question: "What was Queequeg's coffin used for?" };
    const started = await workerd.post('/v1/programs/question-answering/executions', { inputs }, { prefer: 'wait=30' });
    expect(started.status).toBe(200);
    const { executionId, completedAt } = started.body as { executionId: string; completedAt: string };
    let status = 0;
    // Reading erases nothing: it is the alarm of the object that does.
    for (let polls = 0; polls < 400 && status !== 404; polls++) {
      ({ status } = await workerd.json(`/v1/executions/${executionId}`));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(status).toBe(404);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(completedAt) + 1500);
  } finally {
    await workerd.stop();
    rmSync(folder, { recursive: true });
  }
});
