import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { Ledger } from '../ledger.ts';
import { bundleWorker, Workerd } from '../workerd.ts';
import { sleep } from './kill.ts';

/** A key whose claimer has died is free after so long. */
const claimMs = 40_000;

interface Round {
  readonly name: string;
  /** Of every answer that promised an execution, before the kill and after it. */
  readonly promised: Set<string>;
  acknowledged: number;
}

/**
 * 100 starts at once with one key, so many times, each time killed in the middle. Everybody asks again after the process has come
 * back: one execution each.
 * @param waits until the keys of the dead are free again; otherwise some of the starts may still be refused
 */
export function onceKilledSuite(rounds: number, waits: boolean): void {
  test(`100 starts at once with one key and a SIGKILL among them, ${rounds} times: one execution`, {
    timeout: 600_000,
  }, async () => {
    const worker = await bundleWorker('test/edge/ledger-worker.ts');
    const ledger = await Ledger.open();
    const folder = mkdtempSync(join(tmpdir(), 'heddle-once-'));
    const random = new SeededRandom(20261121);
    let workerd = await Workerd.start(worker, folder);
    const start = async (round: Round): Promise<number> => {
      const nodes = { [round.name]: { module: 'ledger.note', with: { ledger: ledger.url, ms: 0 } } };
      const program = { heddle: 1, name: round.name, nodes };
      const { status, body } = await workerd.post('/v1/executions', { program }, { 'idempotency-key': round.name });
      if (status === 202) round.promised.add((body as { executionId: string }).executionId);
      return status;
    };
    const all: Round[] = [];
    try {
      for (let index = 0; index < rounds; index++) {
        const round: Round = { name: `round-${index}`, promised: new Set(), acknowledged: 0 };
        all.push(round);
        const answers = Array.from({ length: 100 }, () => start(round).catch(() => 0));
        await sleep(50 + random.next() * 350);
        await workerd.kill();
        round.acknowledged = (await Promise.all(answers)).filter((status) => status === 202).length;
        workerd = await Workerd.start(worker, folder);
      }
      if (waits) await sleep(claimMs);
      for (const round of all) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => start(round)));
        expect(answers.filter((status) => status !== 202 && status !== 409 && status !== 503)).toEqual([]);
        if (!waits) continue;
        while ((await start(round)) !== 202) await sleep(100);
      }
      const effects = async (name: string): Promise<Set<string>> => {
        const keys = () => new Set(ledger.notes.filter(({ task }) => task === name).map(({ key }) => key));
        for (let polls = 0; polls < 100 && keys().size === 0; polls++) await sleep(50);
        return keys();
      };
      for (const { name, promised } of all) {
        if (waits) expect([name, promised.size]).toEqual([name, 1]);
        expect(promised.size).toBeLessThanOrEqual(1);
        // Outside, too, there was only one.
        if (promised.size > 0) expect([name, (await effects(name)).size]).toEqual([name, 1]);
        const { body } = await workerd.json(`/v1/executions?program=${name}`);
        const ids = (body as { items: { executionId: string }[] }).items.map(({ executionId }) => executionId);
        expect(ids.filter((id) => !promised.has(id)).length).toBeLessThanOrEqual(promised.size === 0 ? 1 : 0);
      }
      const before = all.filter(({ acknowledged }) => acknowledged > 0).length;
      console.log(`${rounds} kills among 100 starts each: ${before} rounds had an answer before, all one execution`);
    } finally {
      await workerd.stop();
      ledger.close();
      rmSync(folder, { recursive: true });
    }
  });
}
