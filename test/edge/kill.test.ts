import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Prng } from '../sim/prng.ts';
import { expectNothingTwice, type ToldEvent } from './facts.ts';
import { type BundledWorker, bundleWorker, Workerd } from './workerd.ts';

const question = "What was Queequeg's coffin used for?";
const expected = 'he now used his coffin for a sea-chest';

let worker: BundledWorker;
/** How long a run takes undisturbed, from the acknowledged start on. */
let undisturbedMs: number;

beforeAll(async () => {
  worker = await bundleWorker('test/edge/ledger-worker.ts');
  const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
  const workerd = await Workerd.start(worker, folder);
  // The shortest of a few: a kill has to come before the end, however the machine is busy with other things.
  undisturbedMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 4; run++) {
    const { id, startedMs } = await startSample(workerd);
    await untilEnded(workerd, id);
    undisturbedMs = Math.min(undisturbedMs, Date.now() - startedMs);
  }
  await workerd.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

async function startSample(workerd: Workerd): Promise<{ id: string; startedMs: number }> {
  const { status, body } = await workerd.post('/v1/programs/question-answering/executions', { inputs: { question } });
  expect(status).toBe(202);
  return { id: (body as { executionId: string }).executionId, startedMs: Date.now() };
}

async function untilEnded(workerd: Workerd, id: string): Promise<string> {
  for (let polls = 0; polls < 400; polls++) {
    const { body } = await workerd.json(`/v1/executions/${id}`);
    const { status } = body as { status: string };
    if (status !== 'RUNNING' && status !== 'PENDING') return status;
    await sleep(25);
  }
  throw new Error(`execution ${id} has not ended`);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('SIGKILL of workerd in the middle of the sample', () => {
  const seed = 20261121;
  const random = new Prng(seed);
  // Spread over the whole run; test/soak/edge-boundaries kills at every boundary and at a hundred moments.
  const kills = 10;
  const moments = Array.from({ length: kills }, (_, index) => (index + random.next()) / kills);

  let recoveries = 0;

  test.each(moments.map((moment, index) => [index + 1, moment] as const))(
    'moment %i: after %d of the run',
    { timeout: 60_000 },
    async (_, moment) => {
      const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
      const first = await Workerd.start(worker, folder);
      const { id } = await startSample(first);
      await sleep(moment * undisturbedMs);
      await first.kill();
      const second = await Workerd.start(worker, folder);
      expect(await untilEnded(second, id)).toBe('COMPLETED');
      const { body: result } = await second.json(`/v1/executions/${id}/result`);
      expect((result as { result: { quotation: string } }).result.quotation).toContain(expected);
      const { body: page } = await second.json(`/v1/executions/${id}/events`);
      const { items } = page as { items: ToldEvent[] };
      expectNothingTwice(items);
      if (items.some(({ type }) => type === 'RECOVERY_INITIATED')) recoveries++;
      await second.stop();
      rmSync(folder, { recursive: true });
    },
  );

  test('most of them really interrupted it', () => {
    expect(recoveries).toBeGreaterThanOrEqual(kills / 2);
  });
});

describe('an outside ledger of effects', () => {
  let ledger: Server;
  let noted: { key: string; task: string; attempt: number }[];
  beforeAll(async () => {
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
