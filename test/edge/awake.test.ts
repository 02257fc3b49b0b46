import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingTwice, type ToldEvent } from './facts.ts';
import { bundleFaultWorker } from './fault-run.ts';
import { Workerd } from './workerd.ts';

const folder = mkdtempSync(join(tmpdir(), 'heddle-awake-'));
let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.start(await bundleFaultWorker(), folder);
}, 60_000);
afterAll(async () => {
  await workerd.stop();
  rmSync(folder, { recursive: true });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A task, a sleep, a task. */
const sleeper = (sleepMs: number) => ({
  heddle: 1,
  name: `sleeper-${sleepMs}`,
  nodes: {
    first: { module: 'test.quick' },
    nap: { sleepMs, needs: ['first'] },
    last: { module: 'test.quick', needs: ['nap'] },
  },
});

async function begin(program: unknown): Promise<string> {
  const { status, body } = await workerd.post('/v1/executions', { program });
  expect(status).toBe(202);
  return (body as { executionId: string }).executionId;
}

const door = async (name: string, id: string, body = ''): Promise<unknown> =>
  (await workerd.json(`/test/${name}/${id}`, { method: 'POST', body })).body;

/** As the catalogue has it: the execution's own object is not asked, which would wake it. */
async function listed(id: string): Promise<string | undefined> {
  const { body } = await workerd.json('/v1/executions?limit=1000');
  const { items } = body as { items: { executionId: string; status: string }[] };
  return items.find(({ executionId }) => executionId === id)?.status;
}

async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, ms = 15_000): Promise<T> {
  for (const endMs = Date.now() + ms; ; await sleep(50)) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > endMs) return answer;
  }
}

const events = async (id: string): Promise<ToldEvent[]> => {
  const { body } = await workerd.json(`/v1/executions/${id}/events`);
  return (body as { items: ToldEvent[] }).items;
};

describe('never asleep for ever', () => {
  test('an object that has died is brought back by its own alarm', { timeout: 30_000 }, async () => {
    const id = await begin(sleeper(300));
    await door('die', id);
    expect(
      await until(
        () => listed(id),
        (status) => status === 'COMPLETED',
      ),
    ).toBe('COMPLETED');
    expectNothingTwice(await events(id));
  });

  test('whose alarm was lost, by the sweep, within 60 s of virtual time', { timeout: 30_000 }, async () => {
    const ids: string[] = [];
    for (let execution = 0; execution < 4; execution++) {
      const id = await begin(sleeper(3_000));
      ids.push(id);
      await door('loseAlarm', id);
      await door('die', id);
    }
    await sleep(3_500);
    for (const id of ids) expect(await listed(id)).toBe('RUNNING');
    await door('sweep', String(Date.now() + 60_000));
    for (const id of ids) {
      expect(
        await until(
          () => listed(id),
          (status) => status === 'COMPLETED',
          3_000,
        ),
      ).toBe('COMPLETED');
      expectNothingTwice(await events(id));
    }
  });

  test('an alarm that comes twice, early, or with nothing to do changes nothing', { timeout: 30_000 }, async () => {
    const id = await begin(sleeper(200));
    for (let times = 0; times < 10; times++) {
      await door('alarmNow', id);
      await sleep(20);
    }
    expect(
      await until(
        () => listed(id),
        (status) => status === 'COMPLETED',
      ),
    ).toBe('COMPLETED');
    await door('alarmNow', id);
    expectNothingTwice(await events(id));
  });

  test('a sweep wakes nobody who is not overdue', { timeout: 30_000 }, async () => {
    const id = await begin(sleeper(600_000));
    await door('alarmNow', id);
    await door('die', id);
    await door('sweep', String(Date.now() + 60_000));
    // A boot leaves its mark in the journal.
    expect((await door('rows', id, 'SELECT epoch FROM executions')) as unknown).toEqual([{ epoch: 2 }]);
  });
});

describe('an execution whose loading fails', () => {
  test('is quarantined after 3 boots, can be read, and is tried again when one resumes it', {
    timeout: 60_000,
  }, async () => {
    const id = await begin(sleeper(600_000));
    const before = await events(id);
    await door('rows', id, "UPDATE programs SET digest = 'not ' || digest");
    await door('die', id);
    const path = `/v1/executions/${id}`;
    const told = await until(
      async () => (await workerd.json(path)).body as { quarantine?: unknown; status: string },
      ({ quarantine }) => quarantine !== undefined,
    );
    expect(told).toMatchObject({
      executionId: id,
      status: 'RUNNING',
      quarantine: { boots: 3, error: { code: 'CORRUPT' } },
    });
    const { body: page } = await workerd.json(`${path}/events`);
    expect((page as { entries: unknown[] }).entries.length).toBeGreaterThan(0);
    const refused = await workerd.post(`${path}/pause`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'NOT_ALLOWED' } });
    // It is not tried again by itself: not by an alarm, not by the sweep.
    await door('alarmNow', id);
    await door('sweep', String(Date.now() + 600_000));
    expect(await door('rows', id, 'SELECT failing FROM boots')).toEqual([{ failing: 3 }]);

    await door('rows', id, 'UPDATE programs SET digest = substr(digest, 5)');
    expect((await workerd.post(`${path}/resume`, {})).status).toBe(200);
    expect((await workerd.json(path)).body).toMatchObject({ status: 'RUNNING' });
    expect((await events(id)).slice(0, before.length)).toEqual(before);
    // Nobody else was in the way of it.
    const other = await begin(sleeper(1));
    expect(
      await until(
        () => listed(other),
        (status) => status === 'COMPLETED',
      ),
    ).toBe('COMPLETED');
  });
});
