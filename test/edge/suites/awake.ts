import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingTwice } from '../facts.ts';
import { Sleepers, sleep, sleeper } from '../sleepers.ts';

/** So many executions each whose object dies, whose alarm is lost, whose alarms come twice and early, and that sleep on. */
export function awakeSuite(count: number): void {
  describe(`never asleep for ever, ${count} times each`, () => {
    let sleepers: Sleepers;
    beforeAll(async () => {
      sleepers = await Sleepers.open();
    }, 60_000);
    afterAll(() => sleepers.close());

    const begun = (sleepMs: number): Promise<readonly string[]> =>
      Promise.all(Array.from({ length: count }, () => sleepers.begin(sleeper(sleepMs))));
    const door = (name: string, ids: readonly string[]) => Promise.all(ids.map((id) => sleepers.door(name, id)));
    const complete = async (ids: readonly string[], ms: number): Promise<void> => {
      for (const id of ids) {
        await sleepers.completes(id, ms);
        expectNothingTwice(await sleepers.events(id));
      }
    };

    test('an object that has died is brought back by its own alarm', { timeout: 120_000 }, async () => {
      const ids = await begun(300);
      await door('die', ids);
      await complete(ids, 15_000);
    });

    test('whose alarm was lost, by the sweep, within 60 s of virtual time', { timeout: 120_000 }, async () => {
      // Long enough that all are put away before the first is due.
      const napMs = 2_000 + 300 * count;
      const ids = await begun(napMs);
      await door('loseAlarm', ids);
      await door('die', ids);
      await sleep(napMs + 500);
      for (const id of ids) expect(await sleepers.listed(id)).toBe('RUNNING');
      await sleepers.door('sweep', String(Date.now() + 60_000));
      await complete(ids, 15_000);
    });

    test('an alarm that comes twice, early, late, or with nothing to do changes nothing', {
      timeout: 120_000,
    }, async () => {
      const ids = await begun(200);
      for (let times = 0; times < 10; times++) {
        await door('alarmNow', ids);
        await door('alarmNow', ids);
        await sleep(20);
      }
      await complete(ids, 15_000);
      await door('alarmNow', ids);
      for (const id of ids) expectNothingTwice(await sleepers.events(id));
    });

    test('a sweep wakes nobody who is not overdue', { timeout: 120_000 }, async () => {
      const ids = await begun(600_000);
      await door('alarmNow', ids);
      await door('die', ids);
      await sleepers.door('sweep', String(Date.now() + 60_000));
      // A boot leaves its mark in the journal.
      for (const id of ids) {
        expect(await sleepers.door('rows', id, 'SELECT epoch FROM executions')).toEqual([{ epoch: 2 }]);
      }
    });
  });
}
