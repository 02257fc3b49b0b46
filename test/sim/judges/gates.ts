import assert from 'node:assert';
import { ResourceManager } from '../../../src/host/gates/resource-manager.ts';
import { breakerAdmits, breakerClosed, breakerTold } from '../../../src/policy/breaker.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A large request is not starved by small ones that come after it; a half-open breaker lets a trial through and no crowd. */
export async function judge(): Promise<void> {
  await nobodyStarves();
  halfOpenTries();
}

async function nobodyStarves(): Promise<void> {
  const clock = new FakeClock();
  const manager = new ResourceManager({ capacity: { cpu: 2 }, clock, ageingMs: 100 });
  const ask = (amount: number) => manager.requestResources([{ type: 'cpu', amount, priority: 5 }]);
  const ids = (resources: readonly { readonly id: string }[]) => resources.map(({ id }) => id);
  const small = [await ask(1), await ask(1)];
  let large = false;
  void ask(2).then(() => {
    large = true;
  });
  // Small ones keep coming, one whenever one goes, so that there are never two free places by chance.
  for (let round = 0; round < 20 && !large; round++) {
    const next = ask(1);
    await clock.advance(20);
    const done = small.shift();
    if (done !== undefined) await manager.releaseResources(ids(done));
    void next.then((granted) => small.push(granted));
    await clock.advance(0);
  }
  assert.ok(large, 'the large request was starved');
}

function halfOpenTries(): void {
  const policy = { failures: 1, openMs: 100, halfOpenMax: 1, key: 'k' };
  const open = breakerTold(breakerClosed, policy, 'failed', 0);
  assert.ok(!breakerAdmits(open, policy, 50).admit, 'an open breaker let something through');
  const trial = breakerAdmits(open, policy, 100);
  assert.ok(trial.admit, 'a half-open breaker let nothing through');
  assert.ok(!breakerAdmits(trial.state, policy, 101).admit, 'a half-open breaker let a crowd through');
  const failed = breakerTold(trial.state, policy, 'failed', 102);
  assert.ok(!breakerAdmits(failed, policy, 103).admit, 'a failed trial did not open it again');
}
