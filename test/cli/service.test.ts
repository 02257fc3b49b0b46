import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edgeService } from '../edge/service.ts';
import { documents, fileOf, folder, spawnHeddle } from './heddle.ts';

/** The command line against a real service. */
const { url } = await edgeService({ HEDDLE_API_KEY: 'the-key-of-the-service' });

/** Not spawnSync: nothing here may keep the service waiting. */
async function heddle(...args: readonly string[]) {
  const child = spawnHeddle(...args, '--url', url, '--token', 'the-key-of-the-service');
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part) => (stdout += part));
  child.stderr.on('data', (part) => (stderr += part));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr, told: () => documents(stdout) as Record<string, never>[] };
}

const steps = {
  heddle: 1,
  name: 'steps',
  nodes: {
    a: { module: 'test.wait', with: { ms: 1 } },
    go: { waitFor: { event: 'go', timeoutMs: 600_000 }, needs: ['a'] },
    b: { module: 'test.wait', with: { ms: 1 }, needs: ['go'] },
  },
};

async function started(program: object): Promise<string> {
  const response = await fetch(`${url}/v1/executions`, {
    method: 'POST',
    headers: { authorization: 'Bearer the-key-of-the-service' },
    body: JSON.stringify({ program }),
  });
  return ((await response.json()) as { executionId: string }).executionId;
}

test('an execution is followed, steered, forked and moved from the command line', { timeout: 60_000 }, async () => {
  const id = await started(steps);
  const following = heddle('events', id, '--follow', '--json');
  expect((await heddle('pause', id, '--json')).told()).toEqual([{ executionId: id, status: 'PAUSED' }]);
  expect((await heddle('status', id, '--json')).told()[0]).toMatchObject({ executionId: id, status: 'PAUSED' });
  expect((await heddle('resume', id)).stdout).toBe(`${id} RUNNING\n`);
  expect((await heddle('signal', id, 'go', '{"by":"me"}', '--json')).status).toBe(0);
  const events = await following;
  expect(events.status).toBe(0);
  const ids = events.told().map((event) => Number(event.id));
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  const listed = await heddle('list', '--program', 'steps', '--json');
  expect(listed.told()[0]).toMatchObject({ items: [{ executionId: id, programName: 'steps' }] });
  const fork = (await heddle('fork', id, '--from', 'b', '--json')).told()[0] as { executionId: string } | undefined;
  expect((await heddle('events', fork?.executionId ?? '', '--follow')).status).toBe(0);
  const file = join(folder(), 'moved.cbor');
  expect((await heddle('export', id, file, '--move', 'delete')).status).toBe(0);
  const gone = await heddle('status', id);
  expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining('NOT_FOUND')]);
  expect((await heddle('import', file, '--json')).told()).toEqual([{ executionId: id, status: 'COMPLETED' }]);
  const other = await started(steps);
  expect((await heddle('cancel', other, '--reason', 'enough')).status).toBe(0);
  expect((await heddle('events', other, '--follow')).status).toBe(1);
});

test('a program is run there and its result printed', { timeout: 30_000 }, async () => {
  const file = fileOf({ heddle: 1, name: 'one', nodes: { a: { module: 'test.wait', with: { ms: 1 } } } });
  const run = await heddle('run', file, '--json');
  expect([run.status, run.told()[0]]).toMatchObject([0, { status: 'COMPLETED', result: { a: { waited: 1 } } }]);
});

test('what is wrong is told on standard error, and the exit status says so', { timeout: 30_000 }, async () => {
  const refused = spawnHeddle('list', '--url', url, '--token', 'another-key-altogether');
  let stderr = '';
  refused.stderr.on('data', (part) => (stderr += part));
  expect(await new Promise((resolve) => refused.on('close', resolve))).toBe(1);
  expect(stderr).toContain('NOT_ALLOWED');
  const missing = await heddle('fork', 'ex_1');
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('--from is missing')]);
  const bad = join(folder(), 'bad.cbor');
  writeFileSync(bad, 'nonsense');
  const damaged = await heddle('import', bad);
  expect([damaged.status, damaged.stderr]).toEqual([1, expect.stringContaining('CORRUPT')]);
});
