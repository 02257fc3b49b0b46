import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundleFaultWorker } from '../fault-run.ts';
import { type BundledWorker, Workerd } from '../workerd.ts';
import { sleep } from './kill.ts';

const program = (last: number) => ({
  heddle: 1,
  name: 'changing',
  nodes: {
    first: { module: 'test.quick', with: { n: 1 } },
    gate: { waitFor: { event: 'go', timeoutMs: 600_000 }, needs: ['first'] },
    last: { module: 'test.quick', with: { n: last }, needs: ['gate'] },
  },
});

type Listed = readonly { readonly executionId: string; readonly status: string }[];

/** SIGKILL before and after the commits of a process that takes an execution up and changes its program: exactly one goes on. */
export function changeKilledSuite(commits: number): void {
  let worker: BundledWorker;
  beforeAll(async () => {
    worker = await bundleFaultWorker();
  });
  const boundaries = ['before', 'after'].flatMap((where) =>
    Array.from({ length: commits }, (_, n) => `${where}:${n + 1}`),
  );

  test.each(boundaries)('a change of program that is killed %s commit', { timeout: 60_000 }, async (boundary) => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-changed-'));
    let workerd = await Workerd.start(worker, folder);
    try {
      const { body } = await workerd.post('/v1/executions', { program: program(1) });
      const id = (body as { executionId: string }).executionId;
      await workerd.kill();

      const reached = Promise.withResolvers<void>();
      workerd = await Workerd.start(worker, folder, {
        bindings: { DIE_AT: boundary },
        logged: (line) => {
          if (line.includes('heddle-die')) reached.resolve();
        },
      });
      const changed = workerd.post(`/v1/executions/${id}/change`, { program: program(2) }).then(
        ({ status }) => status,
        () => 0,
      );
      await Promise.race([reached.promise, changed]);
      await workerd.kill();

      workerd = await Workerd.start(worker, folder);
      // Any question wakes the object, which then sees to everything itself.
      await workerd.json(`/v1/executions/${id}`);
      const list = async (): Promise<Listed> =>
        ((await workerd.json('/v1/executions?limit=100')).body as { items: Listed }).items;
      let listed: Listed = [];
      for (let polls = 0; polls < 300; polls++) {
        listed = await list();
        if (listed.some(({ status }) => status === 'COMPLETED')) break;
        for (const { executionId, status } of listed) {
          if (status === 'RUNNING') await workerd.post(`/v1/executions/${executionId}/signals/go`, {});
        }
        await sleep(50);
      }
      const settled = async () =>
        (await list()).every(({ status }) => status === 'COMPLETED' || status === 'CANCELLED');
      await expect.poll(settled, { timeout: 10_000 }).toBe(true);
      listed = await list();
      const completed = listed.filter(({ status }) => status === 'COMPLETED');
      expect([boundary, completed.length]).toEqual([boundary, 1]);
      if ((await changed) === 202) expect(completed[0]?.executionId).not.toBe(id);
      const { body: result } = await workerd.json(`/v1/executions/${completed[0]?.executionId}/result`);
      const n = completed[0]?.executionId === id ? 1 : 2;
      expect((result as { result: unknown }).result).toEqual({ last: { n } });
    } finally {
      await workerd.stop();
      rmSync(folder, { recursive: true });
    }
  });
}
