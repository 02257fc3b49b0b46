import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killSuite, sleep, untilEnded } from './suites/kill.ts';
import { type BundledWorker, bundleWorker, Workerd } from './workerd.ts';

// 40 moments in test/soak.
describe('SIGKILL of workerd in the middle of the sample', () => killSuite(6));

describe('an outside ledger of effects', () => {
  let ledger: Server;
  let noted: { key: string; task: string; attempt: number }[];
  let worker: BundledWorker;
  beforeAll(async () => {
    worker = await bundleWorker('test/edge/ledger-worker.ts');
    noted = [];
    ledger = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        noted.push(JSON.parse(text));
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => ledger.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => ledger.close());

  test('five kills in one execution: every effect is there, once by its key, at most one extra attempt a kill and slot', {
    timeout: 120_000,
  }, async () => {
    const address = `http://127.0.0.1:${(ledger.address() as AddressInfo).port}/`;
    const chain = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [
        `n${n}`,
        { module: 'ledger.note', with: { ledger: address, ms: 20 }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
      ]),
    );
    const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
    let workerd = await Workerd.start(worker, folder);
    const { body } = await workerd.post('/v1/executions', { program: { heddle: 1, name: 'effects', nodes: chain } });
    const id = (body as { executionId: string }).executionId;
    const kills = 5;
    for (let kill = 0; kill < kills; kill++) {
      await sleep(130);
      await workerd.kill();
      workerd = await Workerd.start(worker, folder);
      await workerd.json(`/v1/executions/${id}`);
    }
    expect(await untilEnded(workerd, id)).toBe('COMPLETED');
    await workerd.stop();
    const keys = new Set(noted.map(({ key }) => key));
    expect(keys.size).toBe(30);
    expect(new Set(noted.map(({ task }) => task)).size).toBe(30);
    expect(noted.length - keys.size).toBeLessThanOrEqual(kills);
    rmSync(folder, { recursive: true });
  });
});
