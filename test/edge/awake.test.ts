import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/api/schemas.ts';
import { checkAgainstSchema } from '../../src/program/schema.ts';
import { Sleepers, sleeper, until } from './sleepers.ts';
import { awakeSuite } from './suites/awake.ts';

// 50 each in test/soak.
awakeSuite(3);

describe('an execution whose loading fails', () => {
  let sleepers: Sleepers;
  beforeAll(async () => {
    sleepers = await Sleepers.open();
  }, 60_000);
  afterAll(() => sleepers.close());

  test('is quarantined after 3 boots, can be read, and is tried again when one resumes it', {
    timeout: 60_000,
  }, async () => {
    const id = await sleepers.begin(sleeper(600_000));
    const before = await sleepers.events(id);
    await sleepers.door('rows', id, "UPDATE programs SET digest = 'not ' || digest");
    await sleepers.door('die', id);
    const path = `/v1/executions/${id}`;
    const told = await until(
      () => sleepers.workerd.json(path),
      ({ status }) => status === 409,
    );
    const { Problem } = schemas;
    expect(checkAgainstSchema(Problem, told.body)).toEqual([]);
    expect(told.body).toMatchObject({
      code: 'NOT_ALLOWED',
      details: {
        execution: { executionId: id, status: 'RUNNING' },
        quarantine: { boots: 3, error: { code: 'CORRUPT' } },
      },
    });
    const { body: page } = await sleepers.workerd.json(`${path}/events`);
    expect((page as { details: { entries: unknown[] } }).details.entries.length).toBeGreaterThan(0);
    const refused = await sleepers.workerd.post(`${path}/pause`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'NOT_ALLOWED' } });
    // It is not tried again by itself: not by an alarm, not by the sweep.
    await sleepers.door('alarmNow', id);
    await sleepers.door('sweep', String(Date.now() + 600_000));
    expect(await sleepers.door('rows', id, 'SELECT failing FROM boots')).toEqual([{ failing: 3 }]);

    await sleepers.door('rows', id, 'UPDATE programs SET digest = substr(digest, 5)');
    expect((await sleepers.workerd.post(`${path}/resume`, {})).status).toBe(200);
    expect((await sleepers.workerd.json(path)).body).toMatchObject({ status: 'RUNNING' });
    expect((await sleepers.events(id)).slice(0, before.length)).toEqual(before);
    // Nobody else was in the way of it.
    await sleepers.completes(await sleepers.begin(sleeper(1)));
  });
});
