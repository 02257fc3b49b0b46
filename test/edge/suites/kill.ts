import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { expectNothingTwice, type ToldEvent } from '../facts.ts';
import { type BundledWorker, bundleWorker, Workerd } from '../workerd.ts';

const question = "What was Queequeg's coffin used for?";
const expected = 'he now used his coffin for a sea-chest';

async function startSample(workerd: Workerd): Promise<{ id: string; startedMs: number }> {
  const { status, body } = await workerd.post('/v1/programs/question-answering/executions', { inputs: { question } });
  expect(status).toBe(202);
  return { id: (body as { executionId: string }).executionId, startedMs: Date.now() };
}

export async function untilEnded(workerd: Workerd, id: string): Promise<string> {
  for (let polls = 0; polls < 400; polls++) {
    const { body } = await workerd.json(`/v1/executions/${id}`);
    const { status } = body as { status: string };
    if (status !== 'RUNNING' && status !== 'PENDING') return status;
    await sleep(25);
  }
  throw new Error(`execution ${id} has not ended`);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** SIGKILL of workerd at so many moments of the sample: it ends with the right result, and nothing that finished runs again. */
export function killSuite(kills: number): void {
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

  const seed = 20261121;
  const random = new SeededRandom(seed);
  // Spread over the whole run, each at a place of its own within its share.
  const moments = Array.from({ length: kills }, (_, index) => (index + random.next()) / kills);

  let recoveries = 0;

  /** @returns whether it had not ended before */
  async function killedAfter(moment: number): Promise<boolean> {
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
    await second.stop();
    rmSync(folder, { recursive: true });
    return items.some(({ type }) => type === 'RECOVERY_INITIATED');
  }

  test.each(moments.map((moment, index) => [index + 1, moment] as const))(
    'moment %i: after %d of the run',
    { timeout: 60_000 },
    async (_, moment) => {
      // How fast the machine is changes while others use it: who came too late comes again, earlier.
      let interrupted = false;
      for (let late = 0; late < 3 && !interrupted; late++) interrupted = await killedAfter(moment / 2 ** late);
      if (interrupted) recoveries++;
    },
  );

  test('most of them really interrupted it', () => {
    expect(recoveries).toBeGreaterThanOrEqual(kills / 2);
  });
}
