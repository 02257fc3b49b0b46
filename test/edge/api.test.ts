import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { apiContract } from '../contract/api.contract.ts';
import { bundleWorker, Workerd } from './workerd.ts';

const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
const workerd = await Workerd.start(await bundleWorker('test/edge/ledger-worker.ts'), folder);
afterAll(async () => {
  await workerd.stop();
  rmSync(folder, { recursive: true });
});

apiContract('on workerd', (path, init) => fetch(`${workerd.url}${path}`, init));
