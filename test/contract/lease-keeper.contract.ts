import { describe, expect, test } from 'vitest';
import type { LeaseKeeper } from '../../src/ports/lease.ts';

/** What every lease keeper must do (LK). `open` gives two keepers that compete, or the same one twice. */
export function leaseKeeperContract(name: string, open: () => readonly [LeaseKeeper, LeaseKeeper]): void {
  const lost = (): void => {
    throw new Error('the lease was lost');
  };
  let executions = 0;
  const newId = (): string => `lease-${executions++}`;

  describe(`lease keeper: ${name}`, () => {
    test('LK1 one holder at a time; the other is told at once that it is taken', async () => {
      const [a, b] = open();
      const id = newId();
      const lease = await a.hold(id, { ifAvailable: true, lost });
      expect(lease).toBeDefined();
      expect(await b.hold(id, { ifAvailable: true, lost })).toBeUndefined();
      lease?.release();
    });

    test('LK2 after a release the next one holds it, whoever waited first', async () => {
      const [a, b] = open();
      const id = newId();
      const lease = await a.hold(id, { ifAvailable: true, lost });
      const waiting = b.hold(id, { ifAvailable: false, lost });
      lease?.release();
      (await waiting)?.release();
      const again = await a.hold(id, { ifAvailable: false, lost });
      expect(again).toBeDefined();
      again?.release();
    });

    test('LK3 leases of different executions do not know each other, and a second release does nothing', async () => {
      const [a, b] = open();
      const [one, two] = await Promise.all([
        a.hold(newId(), { ifAvailable: true, lost }),
        b.hold(newId(), { ifAvailable: true, lost }),
      ]);
      expect([one, two].every((lease) => lease !== undefined)).toBe(true);
      one?.release();
      one?.release();
      two?.release();
    });

    test('LK4 of fifty that ask at once exactly one gets it', async () => {
      const [a, b] = open();
      const id = newId();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? a : b).hold(id, { ifAvailable: true, lost })),
      );
      const holders = answers.filter((lease) => lease !== undefined);
      expect(holders.length).toBe(1);
      holders[0]?.release();
    });
  });
}
